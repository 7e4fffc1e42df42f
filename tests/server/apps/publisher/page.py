def index():
    return "html.py"
