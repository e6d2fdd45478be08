"""Serving the site on one machine: to itself, behind a proxy, or to the local network."""

from __future__ import annotations

import argparse
import sys

from tools import guards, lan, site
from tools.listening import Listening
from tools.server import Worker, leave_when_told, take_port


def serve(arguments: list[str], worker_command: list[str]) -> None:
    """Serve the site, with its worker beside it, until told to stop.

    Args:
        arguments: ``--lan`` or nothing.
        worker_command: What starts the worker.
    """
    parser = argparse.ArgumentParser(prog="python3 run.py")
    parser.add_argument("--lan", action="store_true", help="serve phones on the local network")
    is_lan = parser.parse_args(arguments).lan
    leave_when_told()
    with site.said_in_one_line():
        listening = Listening.from_env()
    if is_lan:
        lan.serve(listening, worker_command)
        return
    app = site.build()
    problem = guards.open_development(listening, is_development=app.config["IS_DEVELOPMENT"])
    if problem:
        sys.exit(problem)
    server = take_port(app, listening)  # First: a taken port should cost nothing.
    site.prepare(app, listening)
    with Worker(worker_command) as worker:
        print(f"\n  http://{listening.host}:{listening.port}    (Ctrl-C ends it)\n", flush=True)
        site.show_sign_ins(app)
        server.run(worker)
