print("Location: /hello.cgi?from=here\n")
