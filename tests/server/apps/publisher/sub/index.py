def index(req):
    return "index of sub"

def deep(req):
    return "deep"
