import io, sys
out = io.TextIOWrapper(sys.stdout.detach(), encoding="latin-1")
sys.stdout = out
data = sys.stdin.buffer.read()
out.write("Content-Type: text/plain; charset=iso-8859-1\n\n\xfc%d" % len(data))
