"""A gateway for text messages, and robots beside it, in a process of their own.

  python -m tests.notifications.servers.gateway LEDGER [--pause SECONDS]

What it does follows from the number a message is for. It prints its port, keeps what it took in
the ledger, and ends with its standard input. It drops repetitions by their Idempotency-Key.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.notifications.servers.ledger import Ledger

ANSWERS = {
    "13800000400": (400, "no such number"),
    "13800000401": (401, "wrong key"),
    "13800000429": (429, "slow down"),
    "13800000500": (500, "trouble"),
    "13800000302": (302, "elsewhere"),
}
DEAF = "13800000999"  # taken, and the answer never arrives
DEAF_S = 30
ROBOTS = {"/wecom": "errcode", "/dingtalk": "errcode", "/feishu": "code"}


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        path, _, query = self.path.partition("?")
        if path == "/notjson":
            return self._say(200, b"hello")
        body = json.loads(raw)
        entry = {"path": path, "query": query, "headers": dict(self.headers), "body": body,
                 "raw": raw, "at": time.time()}  # fmt: skip
        if path in ROBOTS or path == "/webhook":
            self.server.ledger.note(**entry)
            code = {"/wecom?busy": 45009, "/wecom?bad": 93000}.get(self.path, 0)
            return self._say(200, json.dumps({ROBOTS.get(path, "ok"): code}).encode())
        return self._take_sms(entry)

    def _take_sms(self, entry: dict) -> None:
        status, said = ANSWERS.get(entry["body"]["to"], (200, ""))
        if status != 200:
            return self._say(status, said.encode())
        time.sleep(self.server.options.pause)
        key = entry["headers"]["Idempotency-Key"]
        with self.server.lock:
            is_repeated = key in self.server.seen
            self.server.seen.add(key)
            self.server.ledger.note(**entry, key=key, repeated=is_repeated)
        if entry["body"]["to"] == DEAF and not is_repeated:
            time.sleep(DEAF_S)
        return self._say(200, json.dumps({"id": f"gw-{key}"}).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "120")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_) -> None:
        """Say nothing: tests break connections on purpose."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger")
    parser.add_argument("--pause", type=float, default=0.0)
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Gateway)
    server.options, server.ledger = options, Ledger(options.ledger)
    server.seen, server.lock = set(), threading.Lock()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)  # noqa: T201 - how the test learns it
    while os.read(0, 64):
        pass


if __name__ == "__main__":
    main()
