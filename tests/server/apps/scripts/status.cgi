print("Status: 303 See Other\nLocation: /hello.cgi\n")
