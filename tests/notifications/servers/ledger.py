"""What a test server was given: one JSON line each, which outlives the server."""

from __future__ import annotations

import json
import os
from pathlib import Path


class Ledger:
    """A file of lines that several threads write and a test reads."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.path.touch()

    def note(self, **entry) -> None:
        """Add a line, in one write, so that lines never mix."""
        written = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(file, written)
        finally:
            os.close(file)

    def lines(self) -> list[dict]:
        """Return every line so far."""
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]
