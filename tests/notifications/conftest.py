"""Servers to send to, each in a process of its own, and what tests queue."""

from __future__ import annotations

import datetime as dates
import ipaddress
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.notifications.servers.ledger import Ledger
from volunteer_hub.core.database import db
from volunteer_hub.core.paths import ROOT
from volunteer_hub.notifications import channels


@dataclass
class Running:
    """A server that runs now."""

    port: int
    ledger: Ledger

    def taken(self) -> list[dict]:
        """Return what it took so far."""
        return [line for line in self.ledger.lines() if "refused" not in line]


@contextmanager
def running(name: str, folder, *arguments: str) -> Iterator[Running]:
    """Run a server until the block ends."""
    ledger = folder / f"{name}.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.notifications.servers.{name}", str(ledger), *arguments],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Running(int(process.stdout.readline()), Ledger(ledger))
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def gateway(tmp_path):
    """Return a gateway for text messages."""
    with running("gateway", tmp_path) as server:
        yield server


@pytest.fixture
def mail_server(tmp_path):
    """Return a mail server without TLS."""
    with running("smtp", tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Return a file with a certificate for 127.0.0.1 and its key, trusted by nobody yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test mail server")])
    begin = dates.datetime(2020, 1, 1, tzinfo=dates.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dates.timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Mailbox:
    """A channel that remembers what it was given, or refuses it."""

    def __init__(self, name="sms", error=None, per_second=None):
        self.name, self.per_second, self.error = name, per_second, error
        self.parcels, self.lock, self.connects = [], Lock(), 0

    def reaches(self, recipient):
        return bool(recipient.email if self.name == "email" else recipient.phone)

    @contextmanager
    def connect(self):
        self.connects += 1
        if isinstance(self.error, channels.ChannelDownError):
            raise self.error
        yield self._take

    def _take(self, parcel):
        assert not db.session.info.get("written")
        if self.error:
            raise self.error
        with self.lock:
            self.parcels.append(parcel)
        return f"box-{parcel.key}"

    @property
    def letters(self):
        return [(parcel.recipient.name, parcel.message.subject) for parcel in self.parcels]


@pytest.fixture
def only_channels(app, monkeypatch):
    """Return a function that leaves the application these channels alone."""

    def use(*those):
        monkeypatch.setitem(
            app.extensions, channels.EXTENSION, {channel.name: channel for channel in those}
        )

    return use


@pytest.fixture
def mailbox(only_channels):
    """Return the application's one channel."""
    box = Mailbox()
    only_channels(box)
    return box
