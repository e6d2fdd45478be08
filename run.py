#!/usr/bin/env python3
"""Run the project. Everything it needs is set up the first time.

  python3 run.py                        serve the site, with demo data the first time
  python3 run.py test [--require-all]   run the tests; with the flag, a skipped test is a failure
  python3 run.py flask COMMAND          one of the site's commands ("flask --help" lists them)
  python3 run.py worker                 only the clock's work, for a server that runs run:app itself
  python3 run.py setup [--dev]          only set up

A WSGI server imports ``run:app``. Settings: docs/settings.md
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if sys.version_info < (3, 11):  # noqa: UP036 - an older one must say so, not fail further down
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])

from tools import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable


def __getattr__(name: str) -> Any:  # noqa: ANN401 - what Python asks of a module
    """Build ``app`` when a WSGI server asks for it, so that importing this file does nothing."""
    if name != "app":
        raise AttributeError(f"module 'run' has no attribute {name!r}")
    from tools import site

    globals()["app"] = site.build()
    return globals()["app"]


def serve(_arguments: list[str]) -> None:
    """Serve the site, with its worker beside it, until told to stop."""
    from tools import site
    from tools.server import Server, Worker, leave_when_told

    leave_when_told()
    host, port = os.environ.get("VH_HOST") or "127.0.0.1", os.environ.get("VH_PORT") or "5000"
    app = site.build()
    try:
        server = Server(app, host=host, port=int(port))  # First: a taken port should cost nothing.
    except (OSError, ValueError) as error:
        sys.exit(
            f"Cannot serve at {host}:{port}: {error}\nTo use another: VH_PORT=5001 python3 run.py"
        )
    site.prepare(app)
    worker = Worker([sys.executable, __file__, "worker"])
    try:
        print(f"\n  http://{host}:{port}    (Ctrl-C ends it)\n", flush=True)
        site.show_sign_ins(app)
        server.run(worker)
    finally:
        worker.stop()


def test(arguments: list[str]) -> None:
    """Run the tests for which this machine has the tools, or with --require-all every one."""
    if "--require-all" in arguments:
        os.environ["VH_REQUIRE_ALL"] = "1"
    os.chdir(bootstrap.ROOT)
    bootstrap.hand_over(["-m", "pytest", *(it for it in arguments if it != "--require-all")])


def flask(arguments: list[str]) -> None:
    """Run one of the site's commands."""
    from flask.cli import FlaskGroup

    from tools import site

    group = FlaskGroup(create_app=site.build, load_dotenv=False)
    group.main(arguments, prog_name="python3 run.py flask")


def worker(_arguments: list[str]) -> None:
    """Do the clock's work until told to stop, or until the server that started it is gone."""
    from tools import site
    from tools.server import end_with_parent, leave_when_told

    leave_when_told()
    end_with_parent()
    site.command(site.build(), "worker", "run")


def setup(_arguments: list[str]) -> None:
    """Say that all is in place, which it is when this runs."""
    print("Everything is set up.")


def _pins_for(name: str, arguments: list[str]) -> str:
    """Return which set of packages a command needs."""
    if name == "test" or (name == "setup" and "--dev" in arguments):
        return bootstrap.DEVELOPMENT
    if os.environ.get("VH_DATABASE_URL", "").startswith("postgres"):
        return bootstrap.POSTGRESQL
    return bootstrap.RUN_TIME


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "serve": serve, "test": test, "flask": flask, "worker": worker, "setup": setup
}  # fmt: skip


def main(arguments: list[str]) -> None:
    """Set up what the command needs, then do it with the project's own Python."""
    name, *rest = arguments or ["serve"]
    if name in ("-h", "--help", "help"):
        print(__doc__)
        return
    if name not in COMMANDS:
        sys.exit(f"There is no command {name!r}.\n\n{__doc__}")
    if os.environ.get("VH_SETUP") != "0":
        bootstrap.ensure(_pins_for(name, rest))
        if not bootstrap.is_inside():
            bootstrap.hand_over([__file__, *arguments])
    COMMANDS[name](rest)


if __name__ == "__main__":
    main(sys.argv[1:])
