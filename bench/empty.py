"""An empty Flask view under the server of run.py: the best any page of Flask's could do."""

from __future__ import annotations

import sys
from typing import Final, cast

from flask import Flask

from bench.client import HOST
from tools.listening import Listening
from tools.server import Server, Worker

BODY: Final = "ok"
app = Flask(__name__)


@app.get("/")
def empty() -> str:
    """Answer with next to nothing."""
    return BODY


class NoWorker:
    """Stands where the site has its worker."""

    def look_after(self) -> None:
        """Do nothing."""


if __name__ == "__main__":
    Server(app, Listening(host=HOST, port=int(sys.argv[1]))).run(cast("Worker", NoWorker()))
