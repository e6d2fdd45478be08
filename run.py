#!/usr/bin/env python3
"""Run the project. Everything it needs is set up the first time.

  python3 run.py                        serve the site, with demo data the first time
  python3 run.py init [--help]          start a real city instead: regions, units, first account
  python3 run.py --lan                  serve a real site to phones on the local network, by https
  python3 run.py backup [FILE]          save the database, while it is in use
  python3 run.py restore FILE           put a backup in its place, while nothing runs
  python3 run.py test [--require-all]   run the tests; with the flag, a skipped test is a failure
  python3 run.py flask COMMAND          one of the site's commands ("flask --help" lists them)
  python3 run.py worker                 only the clock's work, for a server that runs run:app itself
  python3 run.py setup [--dev]          only set up

A WSGI server imports ``run:app``. Settings: docs/settings.md
"""

from __future__ import annotations

import gc
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
    gc.disable()  # until the site is built: see tools/site.py
    from tools import site

    app = site.build()
    site.refuse_mixing(app)
    globals()["app"] = app
    return app


def serve(arguments: list[str]) -> None:
    """Serve the site, with its worker beside it, until told to stop."""
    from tools import serving

    serving.serve(arguments, [sys.executable, __file__, "worker"])


def init(arguments: list[str]) -> None:
    """Start a real city."""
    from tools import city

    city.init(arguments)


def backup(arguments: list[str]) -> None:
    """Save the database."""
    from tools import backups

    backups.save(arguments)


def restore(arguments: list[str]) -> None:
    """Put a backup in the place of the database."""
    from tools import backups

    backups.put_back(arguments)


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

    if arguments[:2] == ["demo", "load"]:
        site.refuse_demo()
    group = FlaskGroup(create_app=site.build, load_dotenv=False)
    group.main(arguments, prog_name="python3 run.py flask")


def worker(_arguments: list[str]) -> None:
    """Do the clock's work until told to stop, or until the server that started it is gone."""
    from tools import site
    from tools.server import end_with_parent, leave_when_told

    leave_when_told()
    end_with_parent()
    app = site.build()
    site.refuse_mixing(app)
    site.command(app, "worker", "run")


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
    "serve": serve, "init": init, "backup": backup, "restore": restore,
    "test": test, "flask": flask, "worker": worker, "setup": setup,
}  # fmt: skip


def main(arguments: list[str]) -> None:
    """Set up what the command needs, then do it with the project's own Python."""
    if not arguments or arguments[0] == "--lan":
        arguments = ["serve", *arguments]
    name, *rest = arguments
    if name in ("-h", "--help", "help"):
        print(__doc__)
        return
    if name not in COMMANDS:
        sys.exit(f"There is no command {name!r}.\n\n{__doc__}")
    if os.environ.get("VH_SETUP") != "0":
        bootstrap.ensure(_pins_for(name, rest))
        if not bootstrap.is_inside():
            bootstrap.hand_over([__file__, *arguments])
    gc.disable()  # until the site is built: see tools/site.py
    COMMANDS[name](rest)


if __name__ == "__main__":
    main(sys.argv[1:])
