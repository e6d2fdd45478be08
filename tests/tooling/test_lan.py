"""https in front of the server: who comes in, who they are, and nobody holds up the rest."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from config import SettingsError
from tests.tooling.test_server import eventually
from tools import certificate, lan
from tools.addresses import _is_of_a_lan, lan_addresses

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime.now(UTC)  # noqa: TID251 - a certificate is checked against the machine's clock
STALLED = 60

SITE = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from flask import Flask, request
from tools import certificate
from tools.front import Front
from tools.listening import Listening
from tools.server import Server, Worker

place = Path(sys.argv[1])
app = Flask("toy")

@app.route("/", methods=["GET", "POST"])
def front_page():
    return dict(
        address=request.remote_addr, scheme=request.scheme, body=len(request.get_data()),
        host=request.host,
    )

@app.get("/large")
def large():
    return "x" * 3_000_000

@app.get("/slow")
def slow():
    (place / "begun").touch()
    while not (place / "go").exists():
        time.sleep(0.01)
    return "y" * 500_000

made = certificate.kept_in(place, ["127.0.0.1"], now=datetime.now(UTC))
front = Front("127.0.0.1", 0, certificate.context_of(made))
server = Server(app, Listening(port=0, scheme="https"))
app.wsgi_app = front.knowing_visitors(app.wsgi_app)
front.start(server.port)
(place / "inner").write_text(str(server.port))
(place / "port").write_text(str(front.port))
worker = Worker([sys.executable, "-c", "import time; time.sleep(600)"])
try:
    server.run(worker)
finally:
    worker.stop()
    front.stop()
"""


@contextmanager
def toy(place: Path):
    process = subprocess.Popen([sys.executable, "-c", SITE, place], cwd=ROOT, env=os.environ)
    try:
        eventually(lambda: (place / "port").exists() and (place / "port").read_text() != "")
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    place = tmp_path_factory.mktemp("lan")
    with toy(place):
        yield place


def trusting(place: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=place / "lan-certificate.pem")


def port_of(place: Path, which: str = "port") -> int:
    return int((place / which).read_text())


def fetch(place: Path, path: str = "/", body: bytes | None = None, **headers: str) -> bytes:
    visit = http.client.HTTPSConnection(
        "127.0.0.1", port_of(place), context=trusting(place), timeout=20
    )
    try:
        visit.request("POST" if body is not None else "GET", path, body, headers)
        return visit.getresponse().read()
    finally:
        visit.close()


def test_a_phone_that_trusts_the_certificate_gets_in_by_https(site):
    answer = json.loads(fetch(site))
    assert answer == {
        "address": "127.0.0.1", "scheme": "https", "body": 0, "host": f"127.0.0.1:{port_of(site)}"
    }  # fmt: skip


def test_each_visitor_is_known_by_their_own_address(site):
    visit = socket.create_connection(
        ("127.0.0.1", port_of(site)), source_address=("127.0.0.9", 0), timeout=10
    )
    with trusting(site).wrap_socket(visit, server_hostname="127.0.0.1") as spoken:
        spoken.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: spoken.recv(4096), b""))
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["address"] == "127.0.0.9"


def test_nobody_can_pretend_to_come_from_elsewhere(site):
    forged = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Forwarded": "for=x"}
    assert json.loads(fetch(site, **forged))["address"] == "127.0.0.1"


def test_large_answers_and_large_uploads_arrive_whole(site):
    assert len(fetch(site, "/large")) == 3_000_000
    assert json.loads(fetch(site, body=b"z" * 2_000_000))["body"] == 2_000_000


def test_one_connection_serves_many_pages(site):
    visit = http.client.HTTPSConnection("127.0.0.1", port_of(site), context=trusting(site))
    for _ in range(5):
        visit.request("GET", "/")
        assert visit.getresponse().read() != b""
    visit.close()


def test_an_address_typed_without_https_leads_there(site):
    visit = http.client.HTTPConnection("127.0.0.1", port_of(site), timeout=10)
    visit.request("GET", "/e/7?next=1")
    answer = visit.getresponse()
    assert answer.status == 307
    assert answer.headers["Location"] == f"https://127.0.0.1:{port_of(site)}/e/7?next=1"
    visit.close()


@pytest.mark.parametrize("said", [b"GET //evil.example HTTP/1.0\r\n\r\n", b"\x00\x01\x02" * 50])
def test_nonsense_is_not_led_anywhere(site, said):
    with socket.create_connection(("127.0.0.1", port_of(site)), timeout=10) as visit:
        visit.sendall(said)
        answer = visit.recv(4096)
    assert b"Location" not in answer


def test_sixty_visitors_who_fall_silent_hold_up_nobody(site):
    """Some say nothing, some stop in the handshake, some stop in the middle of an upload."""
    context, address = trusting(site), ("127.0.0.1", port_of(site))
    silent = [socket.create_connection(address, timeout=10) for _ in range(STALLED)]
    try:
        for visit in silent[20:40]:
            visit.sendall(b"\x16\x03\x01")
        for place in range(40, STALLED):
            silent[place] = context.wrap_socket(silent[place], server_hostname="127.0.0.1")
            silent[place].sendall(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf"
            )
        begun = time.monotonic()
        for _ in range(5):
            fetch(site)
        assert (time.monotonic() - begun) / 5 < 1
    finally:
        for visit in silent:
            visit.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused(site, version):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", port_of(site)), timeout=10) as visit,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(visit)


def test_a_request_in_flight_is_answered_whole_before_the_server_ends(tmp_path):
    with toy(tmp_path) as process, ThreadPoolExecutor() as pool:
        answer = pool.submit(fetch, tmp_path, "/slow")
        eventually((tmp_path / "begun").exists)
        process.send_signal(signal.SIGTERM)
        (tmp_path / "go").touch()
        assert answer.result(20) == b"y" * 500_000
        assert process.wait(20) == 0


def certificate_in(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_a_certificate_is_kept_while_it_fits_and_only_its_owner_reads_the_key(tmp_path):
    first = certificate.kept_in(tmp_path, ["192.168.1.5"], now=NOW)
    serial = certificate_in(first).serial_number
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert (
        certificate_in(certificate.kept_in(tmp_path, ["192.168.1.5"], now=NOW)).serial_number
        == serial
    )

    new = certificate_in(certificate.kept_in(tmp_path, ["192.168.1.6"], now=NOW))
    assert new.serial_number != serial
    names = new.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == ["192.168.1.6"]


@pytest.mark.parametrize("days", [-2, 391, 400])
def test_a_certificate_that_is_over_or_nearly_is_made_anew(tmp_path, days):
    kept = certificate_in(certificate.kept_in(tmp_path, ["10.0.0.1"], now=NOW))
    later = certificate.kept_in(tmp_path, ["10.0.0.1"], now=NOW + timedelta(days=days))
    assert certificate_in(later).serial_number != kept.serial_number


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nnonsense\n"])
def test_a_spoilt_certificate_is_made_anew(tmp_path, text):
    (tmp_path / "lan-certificate.pem").write_text(text)
    certificate.context_of(certificate.kept_in(tmp_path, ["10.0.0.1"], now=NOW))


def test_phones_take_no_certificate_of_more_than_398_days(tmp_path):
    made = certificate_in(certificate.kept_in(tmp_path, ["10.0.0.1"], now=NOW))
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days <= 398


def test_addresses_of_this_machine_are_of_a_local_network():
    assert all(_is_of_a_lan(address) for address in lan_addresses())
    for not_one in ("127.0.0.1", "169.254.3.4", "8.8.8.8"):
        assert not _is_of_a_lan(not_one)


def test_on_the_network_it_is_a_real_site_with_the_key_it_had(tmp_path):
    env = {"VH_DATA_DIR": str(tmp_path), "VH_ENVIRONMENT": "development"}
    lan.become_real(env, "https://192.168.1.5:5000", ["192.168.1.5", "10.0.0.2"])
    assert env["VH_SECRET_KEY"] == (tmp_path / "secret_key").read_text()
    assert env["VH_ENVIRONMENT"] == "production"
    assert env["VH_PUBLIC_URL"] == "https://192.168.1.5:5000"
    assert env["VH_TRUSTED_HOSTS"] == "192.168.1.5,10.0.0.2,127.0.0.1,localhost"
    given = {**env, "VH_SECRET_KEY": "g" * 40, "VH_PUBLIC_URL": "https://kepu.example.cn"}
    lan.become_real(given, "https://192.168.1.5:5000", ["192.168.1.5"])
    assert (given["VH_SECRET_KEY"], given["VH_PUBLIC_URL"]) == (
        "g" * 40,
        "https://192.168.1.5:5000",
    )
    with pytest.raises(SettingsError, match="VH_TIMEZONE"):
        lan.become_real({**env, "VH_TIMEZONE": "Dandong"}, "https://192.168.1.5", [])


def test_the_address_is_shown_with_a_code_and_what_phones_will_say(capsys):
    lan.show("https://192.168.1.5:5000")
    said = capsys.readouterr().out
    assert "https://192.168.1.5:5000" in said
    assert said.count("█") > 50
    assert "继续前往" in said
