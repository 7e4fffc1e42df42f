import sys
sys.stdout.reconfigure(encoding="latin-1")
print("Content-Type: text/plain; charset=iso-8859-1\n\n\xfc", end="")
