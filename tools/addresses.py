"""This machine's addresses on the networks around it."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys

SIOCGIFADDR = 0x8915  # Linux: the address of an interface
ANYWHERE = "192.0.2.1"  # Nothing is sent there; asking which way it would go is enough.
BRIDGES = ("docker", "br-", "veth", "virbr", "lxc")  # Networks inside this machine.


def lan_addresses() -> list[str]:
    """Return the private IPv4 addresses that phones nearby can reach, the likeliest first."""
    found = [_address_on_the_way_out(), *_addresses_of_interfaces(), *_addresses_of_name()]
    return [text for text in dict.fromkeys(found) if text and _is_of_a_lan(text)]


def _is_of_a_lan(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return address.is_private and not (address.is_loopback or address.is_link_local)


def _address_on_the_way_out() -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect((ANYWHERE, 9))
            return str(asking.getsockname()[0])
        except OSError:  # No way out: a network of its own.
            return None


def _addresses_of_interfaces() -> list[str]:
    if sys.platform != "linux":
        return []
    import fcntl  # noqa: PLC0415 - not on Windows

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            if name.startswith(BRIDGES):
                continue
            try:
                asked = struct.pack("256s", name.encode()[:15])
                answer = fcntl.ioctl(asking.fileno(), SIOCGIFADDR, asked)
            except OSError:  # It has none.
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _addresses_of_name() -> list[str]:
    try:
        return socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return []
