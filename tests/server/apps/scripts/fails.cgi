print("Content-Type: text/plain\n")
print(undefined)
