import helper
import decimal
import sys
helper.runs += 1
print("Content-Type: text/plain\n\n%s %s" % (helper.runs, "decimal" in sys.modules))
