"""Serving phones on the local network: by https, since a phone gives its camera to nothing else."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path

import qrcode
from flask import Flask

from config import Settings
from tools import certificate, guards, site
from tools.addresses import lan_addresses
from tools.front import Front
from tools.listening import Listening
from tools.server import Worker, cannot_serve, take_port
from volunteer_hub.core import clock
from volunteer_hub.organisations import queries as organisations

EVERYWHERE = "0.0.0.0"  # noqa: S104 - the local network is what this is for
FIRST = "python3 run.py --lan serves a real site, and here is none yet. First: python3 run.py init"
WHAT_PHONES_SHOW = (
    "A phone warns once that it does not know the certificate (您的连接不是私密连接): in its own\n"
    "  browser, not WeChat's, tap 高级 (显示详细信息) and go on (继续前往 / 访问此网站)."
)


def serve(listening: Listening, worker_command: list[str]) -> None:
    """Serve the site to the local network until told to stop."""
    addresses = lan_addresses() if listening.is_loopback else [listening.host]
    if not addresses:
        sys.exit("This machine has no address on a local network. Connect it to a Wi-Fi first.")
    url = f"https://{addresses[0]}:{listening.port}"
    with site.said_in_one_line():
        become_real(os.environ, url, addresses)
    app = site.build()
    _refuse_unreal(app)
    outside = replace(listening, host=EVERYWHERE) if listening.is_loopback else listening
    front = _front(outside, app.config["DATA_DIR"], addresses)
    # The server behind it is for this machine alone, at any port.
    server = take_port(app, Listening(port=0, threads=listening.threads, scheme="https"))
    app.wsgi_app = front.knowing_visitors(app.wsgi_app)  # type: ignore[method-assign, assignment]
    site.prepare(app)
    front.start(server.port)
    try:
        with Worker(worker_command) as worker:
            show(url)
            _show_set_up(app, url)
            server.run(worker)
    finally:
        front.stop()


def _refuse_unreal(app: Flask) -> None:
    if site.is_new(app):
        sys.exit(FIRST)
    if site.has_demo(app):
        sys.exit(f"Demo data is shown on this machine only. A real site: {guards.START_REAL}")


def become_real(env: MutableMapping[str, str], url: str, addresses: list[str]) -> None:
    """Set what a real site needs: while it is on the network, links and QR codes carry this url.

    The key is the one that is set, or the one that this copy keeps.

    Raises:
        SettingsError: A setting cannot be right.
    """
    key = Settings.from_env({**env, "VH_PUBLIC_URL": url, "VH_ENVIRONMENT": "development"})
    env["VH_SECRET_KEY"] = key.secret_key
    env["VH_ENVIRONMENT"] = "production"
    env["VH_PUBLIC_URL"] = url
    env["VH_TRUSTED_HOSTS"] = ",".join([*addresses, "127.0.0.1", "localhost"])
    env["VH_SECURE_COOKIES"] = "1"


def show(url: str) -> None:
    """Print the address, as a QR code as well, and what a phone will show."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.ERROR_CORRECT_L)
    code.add_data(url)
    print(f"\n  {url}    (Ctrl-C ends it)\n")
    code.print_ascii(tty=sys.stdout.isatty(), invert=not sys.stdout.isatty())
    print(f"  {WHAT_PHONES_SHOW}\n", flush=True)


def _front(outside: Listening, data_dir: Path, addresses: list[str]) -> Front:
    try:
        path = certificate.kept_in(data_dir, addresses, now=clock.now())
        return Front(outside.host, outside.port, certificate.context_of(path))
    except OSError as error:
        sys.exit(cannot_serve(outside, error))


def _show_set_up(app: Flask, url: str) -> None:
    """Print the way to the first account while there is none."""
    with app.app_context():
        has_office = organisations.has_office()
    if not has_office:
        site.command(app, "accounts", "set-up-link", "--address", url)
