"""`python -m mod_python`: the command line tool. Never inside httpd."""

import sys

from mod_python._command.main import main

if __name__ == "__main__":
    sys.exit(main())
