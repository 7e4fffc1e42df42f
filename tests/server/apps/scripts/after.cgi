import os, sys
print("Content-Type: text/plain\n")
print(os.environ.get("LEFT_BEHIND"), len(sys.argv), "helper" in sys.modules, sys.modules["__main__"].__file__ == __file__)
os.environ["LEFT_BEHIND"] = "1"
