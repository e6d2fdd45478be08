"""A small mail server of its own process. What it does follows from the address it is sent to.

  python -m tests.notifications.servers.smtp LEDGER [--tls none|starttls|tls] [--cert FILE]

It prints its port, keeps what it took in the ledger, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import base64
import os
import socketserver
import ssl
import threading
import time

from tests.notifications.servers.ledger import Ledger

# The answer to RCPT TO, by what stands before the @.
RECIPIENT_ANSWERS = {
    "grey": "451 4.7.1 greylisted, try again in five minutes",
    "full": "452 4.2.2 mailbox full",
    "unknown": "550 5.1.1 <unknown@example.cn> no such user",
    "closing": "421 4.3.2 closing down",
}
DATA_ANSWERS = {"spam": "554 5.7.1 refused by policy", "later": "451 4.3.0 try again"}
SLOW_S = 30


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        self.to = self.sender = ""
        if self.server.options.tls == "tls":
            self._secure()
        self._say("220 test ESMTP")
        while True:
            line = self.rfile.readline(4096).decode("utf-8", "replace").strip()
            if not line or not self._answer(line):
                return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        self.wfile.flush()

    def _secure(self) -> None:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")

    def _answer(self, line: str) -> bool:
        verb = line.split(" ", 1)[0].upper()
        answer = getattr(self, f"_on_{verb.lower()}", None)
        if answer is None:
            self._say("502 not here")
            return True
        return answer(line) is not False

    def _on_ehlo(self, _line: str) -> None:
        offers_tls = self.server.options.tls == "starttls" and not self._is_secure()
        more = ["250-STARTTLS"] if offers_tls else ["250-AUTH PLAIN"]
        for text in ("250-test", *more, "250 8BITMIME"):
            self._say(text)

    def _is_secure(self) -> bool:
        return isinstance(self.request, ssl.SSLSocket)

    def _on_starttls(self, _line: str) -> None:
        self._say("220 go ahead")
        self._secure()

    def _on_auth(self, line: str) -> None:
        user, password = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
        self._say("235 welcome" if password == f"{user}-password" else "535 5.7.8 wrong password")

    def _on_mail(self, line: str) -> None:
        self.sender = line.partition("<")[2].partition(">")[0]
        is_refused = self.sender.startswith("forged")
        self._say("553 5.7.1 not your address" if is_refused else "250 ok")

    def _on_rcpt(self, line: str) -> bool | None:
        self.to = line.partition("<")[2].partition(">")[0]
        answer = RECIPIENT_ANSWERS.get(self._box(), "250 ok")
        if not answer.startswith("250"):
            self.server.ledger.note(refused=self.to, answer=answer)
        self._say(answer)
        return False if answer.startswith("421") else None

    def _box(self) -> str:
        return self.to.partition("@")[0].partition("+")[0]

    def _on_data(self, _line: str) -> bool | None:
        self._say("354 go ahead")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self._box() == "slow":
            time.sleep(SLOW_S)
        if self._box() == "hangup":
            return False
        answer = DATA_ANSWERS.get(self._box(), "250 taken")
        if answer.startswith("250"):
            self.server.ledger.note(
                to=self.to, sender=self.sender, mail=b"".join(lines).decode("utf-8", "replace"),
                secure=self._is_secure(), at=time.time(),
            )  # fmt: skip
        if self._box() == "deaf":  # taken, and the answer never arrives
            time.sleep(SLOW_S)
        self._say(answer)
        return None

    def _on_rset(self, _line: str) -> None:
        self._say("250 ok")

    def _on_noop(self, _line: str) -> None:
        self._say("250 ok")

    def _on_quit(self, _line: str) -> bool:
        self._say("221 bye")
        return False


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_) -> None:
        """Say nothing: tests break connections on purpose."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ledger")
    parser.add_argument("--tls", default="none")
    parser.add_argument("--cert")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    server = Server(("127.0.0.1", options.port), Conversation)
    server.options, server.ledger = options, Ledger(options.ledger)
    if options.cert:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(options.cert)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)  # noqa: T201 - how the test learns it
    while os.read(0, 64):
        pass


if __name__ == "__main__":
    main()
