"""A certificate this machine makes itself, for the addresses it has on the local network."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME = "Volunteer Hub on this network"
LIFETIME = timedelta(days=397)  # Phones refuse longer ones.
RENEWED_BEFORE = timedelta(days=7)


def kept_in(folder: Path, addresses: list[str], *, now: datetime) -> Path:
    """Return a file with a certificate and its key, made anew when it does not fit any more.

    A phone asks again when it sees a new one; so it is kept.

    Args:
        folder: Where it is kept.
        addresses: All of these it must be for.
        now: When.
    """
    path = folder / "lan-certificate.pem"
    if not _fits(path, addresses, now):
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(_made(addresses, now))
    return path


def context_of(path: Path) -> ssl.SSLContext:
    """Return how a server speaks TLS with this certificate: version 1.2 at least, HTTP/1.1."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(path)
    return context


def _fits(path: Path, addresses: list[str], now: datetime) -> bool:
    try:
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    known = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    is_valid = kept.not_valid_before_utc <= now < kept.not_valid_after_utc - RENEWED_BEFORE
    return is_valid and known.issuperset(addresses)


def _made(addresses: list[str], now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # The clocks of phones differ.
        .not_valid_after(now + LIFETIME - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kept_key = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return kept_key + made.public_bytes(serialization.Encoding.PEM)
