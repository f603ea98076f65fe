"""The front door: `python3 -m server`. Reads the command line, sets up what is missing, does the job."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - older Pythons do reach this line, and deserve a sentence
    sys.exit("this needs Python 3.11 or later; %s is %d.%d" % (sys.executable, *sys.version_info[:2]))  # noqa: UP031

from server.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
