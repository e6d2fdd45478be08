"""Put the pinned packages in place with the standard library alone.

Works on a bare Debian (no ensurepip, a system Python that refuses installs): an environment without
pip of its own, filled from outside by uv where there is one and by the system's pip otherwise.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# Each set of pins holds the one before it.
RUN_TIME, POSTGRESQL, DEVELOPMENT = SETS = (
    "requirements.txt",
    "requirements-postgresql.txt",
    "requirements-dev.txt",
)
# What an installer says when a pinned file is not to be had does not say what to do about it.
INSTALL_FAILED = (
    "Setting up did not finish; the reason stands above. Most often the network or the package "
    "index could not be reached. Run the same command again: it starts afresh."
)


def is_inside() -> bool:
    """Tell whether this interpreter is the project's own."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def is_ready(requirements: str) -> bool:
    """Tell whether this set of pins, or a larger one, is installed for a Python still there."""
    return any(_is_stamped(name) for name in SETS[SETS.index(requirements) :])


def ensure(requirements: str) -> None:
    """Install a set of pins unless that was done; of two starts at once, one waits."""
    if is_ready(requirements):
        return
    with only_one(ROOT / ".venv.lock", waiting="Another start is setting up; waiting for it."):
        if not is_ready(requirements):
            _install(requirements)


def hand_over(arguments: list[str]) -> None:
    """Go on as the project's own Python with these arguments; never returns."""
    sys.stdout.flush()
    command = [str(PYTHON), *arguments]
    if os.name == "nt":  # There, exec leaves the terminal before the new process is done.
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)  # noqa: S606 - the project's own interpreter


@contextmanager
def only_one(path: Path, *, waiting: str) -> Iterator[None]:
    """Hold a lock file; say ``waiting`` when another process has it. A killed holder lets go."""
    with path.open("a") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - only there

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print(waiting, flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(requirements: str) -> None:
    """Fill the environment from a set of pins, and stamp it last of all."""
    started = time.monotonic()
    stamps = [_stamp(name) for name in SETS]
    # Without a stamp nobody knows what an earlier run left behind: begin again.
    is_sound = PYTHON.exists() and any(stamp.exists() for stamp in stamps)
    for stamp in stamps:
        stamp.unlink(missing_ok=True)
    print(f"Setting up {VENV.name} from {requirements} (half a minute or so) ...", flush=True)
    if not is_sound:
        _make_environment()
    if not any(
        subprocess.call(command, env=_environment()) == 0 for command in _ways(requirements)
    ):
        sys.exit(INSTALL_FAILED)
    _stamp(requirements).write_text(_stamp_text(requirements), encoding="utf-8")
    print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)


def _make_environment() -> None:
    """Make an empty environment on the Python that runs this."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([_base(), "-m", "venv", "--without-pip", str(VENV)]) != 0:
        sys.exit("Python could not make an environment; the reason stands above.")


def _ways(requirements: str) -> Iterator[list[str]]:
    """Give every way to install that this machine has, the fastest first."""
    what = ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / requirements)]
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *what]
    quietly = ["install", "--quiet", "--disable-pip-version-check", "--no-input"]
    if _can_import("pip"):
        yield [_base(), "-m", "pip", "--python", str(PYTHON), *quietly, *what]
    elif _can_import("ensurepip"):
        subprocess.call([str(PYTHON), "-m", "ensurepip"], stdout=subprocess.DEVNULL)
        yield [str(PYTHON), "-m", "pip", *quietly, *what]
    else:
        sys.exit("pip is needed to set up. On Debian: apt-get install python3-pip")


def _environment() -> dict[str, str]:
    """Let uv trust the certificates that this machine trusts, as pip does."""
    return {"UV_SYSTEM_CERTS": "1", **os.environ}


def _base() -> str:
    """Return the Python outside every environment: it outlives them, and it is the one with pip."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _can_import(module: str) -> bool:
    return subprocess.call([_base(), "-c", f"import {module}"], stderr=subprocess.DEVNULL) == 0


def _is_stamped(requirements: str) -> bool:
    try:
        return PYTHON.exists() and _stamp(requirements).read_text("utf-8") == _stamp_text(
            requirements
        )
    except OSError:
        return False


def _stamp(requirements: str) -> Path:
    return VENV / f".installed-{requirements}"


def _stamp_text(requirements: str) -> str:
    """Say what was installed and for which Python, which an upgrade of the system replaces."""
    pins = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    return f"{pins} {os.path.realpath(PYTHON)}\n"
