"""Where a webhook may go: https to the open internet, never into this machine or its network (pure)."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

LONGEST = 500
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
#: What Python calls global and still leads inward: translated, tunnelled and shared addresses.
INWARD = tuple(
    ip_network(text)
    for text in (
        "::/96",
        "::ffff:0:0:0/96",
        "fec0::/10",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "100.64.0.0/10",
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """An address of the web, taken apart."""

    host: str
    port: int
    path: str


def place(url: str) -> Place | None:
    """Where an https address leads; None for any other, and for one with a name or password in it."""
    if len(url) > LONGEST or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or parts.fragment:
        return None
    if not (HOST.fullmatch(host) or literal(host)):
        return None
    return Place(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def literal(host: str) -> Address | None:
    """The address a host is written as, if it is."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def leads_out(address: Address) -> bool:
    """Whether this is a host of the open internet."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return leads_out(address.ipv4_mapped)
    inward = any(address in net for net in INWARD if net.version == address.version)
    return address.is_global and not address.is_multicast and not inward
