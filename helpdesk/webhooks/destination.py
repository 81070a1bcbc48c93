"""Where a webhook may go: a public host over https, or this very machine.

A hook could otherwise be made to call what only this machine reaches: a router's page, a database, the metadata of a
cloud's host. So the URL is looked at when the hook is added, and every address that its host has at each delivery: the
connection goes to an address that was looked at (:mod:`helpdesk.api.hook_sender`).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from helpdesk.errors import Refused

LONGEST = 500
"""The longest URL of a hook, in characters."""

_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address in their last four bytes."""


def checked(url: str) -> str:
    """The URL if a hook may have it; Refused, with what to write instead, if not. No name is looked up here."""
    plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>')
    if not plain or len(url) > LONGEST:
        raise Refused(f"Write the URL in ASCII, at most {LONGEST} characters, with no spaces: https://host/path.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("This is no URL. Write one such as https://host.library.example/hooks.") from None
    if parts.username is not None or parts.password is not None:
        raise Refused("Leave name and password out of the URL: messages are signed, and the log shows URLs.")
    if parts.fragment:
        raise Refused("Leave out what follows the #: it would not be sent.")
    if parts.scheme not in {"http", "https"} or not host:
        raise Refused("Write a whole URL that begins with https://.")
    if parts.scheme == "http" and not is_this_machine(host):
        raise Refused("Write https://. In clear, anybody on the way could read and replay the messages.")
    return url


def is_this_machine(host: str) -> bool:
    """Whether a URL's host is written as this machine: a loopback address, or localhost."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") in {"localhost", "ip6-localhost"}


def refusal(host: str, address: str, *, allow_private: bool) -> str:
    """Why a message to ``host`` may not go to one of its addresses; "" where it may.

    This machine is reached under its own name only: a public name that leads here is refused, always.
    """
    try:
        found = _embedded(ip_address(address.partition("%")[0]))
    except ValueError:
        return f"{host} has an address that can't be read. Look at its DNS."
    if is_this_machine(host):
        return "" if found.is_loopback else f"{host} leads away from this machine. Look at /etc/hosts."
    if found.is_loopback:
        return f"{host} leads back to this machine. Write localhost if that is meant."
    if found.is_multicast or found.is_unspecified or found.is_link_local:
        return f"{host} leads to an address that no receiver has. Look at its DNS."
    if found.is_global or allow_private:
        return ""
    return f"{host} leads to a private address. Set allow_private in [hooks] if that is meant."


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one where there is one: that is where it leads to."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
