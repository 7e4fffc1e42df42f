#!/usr/bin/python3
"""An ordinary script."""
import os
import sys

print("Content-Type: text/plain; charset=utf-8")
print("X-Script: yes")
print()
if __name__ == "__main__":
    print("Hello from", os.environ["SCRIPT_NAME"], os.environ["QUERY_STRING"], os.environ["REQUEST_METHOD"])
    print(sys.argv == [__file__], os.getcwd() == os.path.dirname(__file__), sys.path[0] == os.getcwd())
    print(open("data.txt").read(), end="")
    print(sys.stdin.read())
sys.exit(0)
