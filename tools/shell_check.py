"""Look over the project's shell scripts with ShellCheck."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def shell_scripts() -> list[Path]:
    """Return every shell script that belongs to the project."""
    return sorted([*ROOT.glob("tools/*.sh"), *ROOT.glob("deploy/**/*.sh"), ROOT / ".ci" / "run"])


if __name__ == "__main__":
    beside = Path(sys.executable).with_name("shellcheck")
    program = str(beside) if beside.exists() else shutil.which("shellcheck")
    if program is None:
        sys.exit("ShellCheck is needed: python3 run.py setup --dev")
    sys.exit(subprocess.call([program, *map(str, shell_scripts())]))
