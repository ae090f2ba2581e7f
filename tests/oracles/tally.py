"""Counts what an oracle checked: one line a check, and `N passed, N failed` at the end."""

import sys


class Tally:
    """A check is named by what it proves; a failure also says what was found instead."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, problems):
        """Passes if there are no problems. `problems` is a list of sentences."""
        if problems:
            self.failed += 1
            print(f"FAIL {name}")
            for problem in problems[:10]:
                print(f"     {problem}")
            if len(problems) > 10:
                print(f"     … and {len(problems) - 10} more")
        else:
            self.passed += 1
            print(f"ok   {name}")

    def finish(self):
        """Prints the closing line and ends the process."""
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
