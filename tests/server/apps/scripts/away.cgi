print("Location: http://elsewhere.test/x\n")
