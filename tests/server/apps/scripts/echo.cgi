import os
print("Content-Type: text/plain\n\n%s %s" % (os.environ["QUERY_STRING"], os.getcwd() == os.path.dirname(__file__)), end="")
