def word():
    return "neighbour"
