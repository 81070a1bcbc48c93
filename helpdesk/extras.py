"""What some settings need besides the program itself: extras, and the line that installs one."""

from __future__ import annotations

import shlex
import sys


def install(extra: str) -> str:
    """How an extra is added to the Python that runs this: by its own pip, with the versions that were tested."""
    python = shlex.quote(sys.executable or "python3")
    return f"in the program's source folder run {python} -m pip install -c constraints.txt '.[{extra}]'"
