import sys
print("Content-Type: text/plain\n\nbefore", end="")
sys.exit("last words")
