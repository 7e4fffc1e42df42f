import os, time
name = os.environ["QUERY_STRING"]
seen = set()
for _ in range(20):
    time.sleep(0.01)
    seen.add((os.path.basename(os.getcwd()), os.environ["QUERY_STRING"] == name))
print("Content-Type: text/plain\n\n%s" % sorted(seen), end="")
