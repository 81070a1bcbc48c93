"""Where a visitor comes from, and how fast they may go: for the web chat and for the API.

Visitors' addresses stay in memory: they are counted here and written nowhere. In the chat the limit per address
concerns new chats alone, and generously: a whole campus may sit behind one address. What one visitor may send is
counted per conversation, what another system may ask per token.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from helpdesk.clock import SECOND, Clock
from helpdesk.errors import BadConfig

_MANY = 4096
"""So many counted keys, and those with nothing counted against them any more are dropped for the first time."""


class Rate:
    """So many within ``seconds`` for each key, all at once or spread.

    A key's room fills up again evenly, and a key whose room is full again is forgotten in time.
    """

    def __init__(self, clock: Clock, most: int, *, seconds: float = 60) -> None:
        self._clock = clock
        self._most = most
        self._fill = seconds * SECOND / most
        self._full_at: dict[str, float] = {}
        self._tidy_at = _MANY

    def take(self, key: str) -> float:
        """Count one for ``key``: 0 if there was room for it, else the seconds until there will be (not counted)."""
        now = self._clock.now()
        if len(self._full_at) >= self._tidy_at:
            self._full_at = {known: full for known, full in self._full_at.items() if full > now}
            self._tidy_at = max(_MANY, 2 * len(self._full_at))
        full_at = max(self._full_at.get(key, now), now) + self._fill
        short = full_at - now - self._fill * self._most
        if short > 0:
            return short / 1000
        self._full_at[key] = full_at
        return 0


def in_words(seconds: float) -> str:
    """A waiting time for the reader: "1 second", "20 seconds"."""
    whole = max(1, math.ceil(seconds))
    return "1 second" if whole == 1 else f"{whole} seconds"


class Proxies:
    """The proxies in front of us whose word on a visitor's address is believed: addresses or networks.

    ``setting`` is named where one of them is neither.
    """

    def __init__(self, trusted: Iterable[str], *, setting: str = "web.trusted_proxies") -> None:
        self._networks = [_network(each, setting) for each in trusted]

    def visitor(self, peer: str, forwarded: Sequence[str]) -> str:
        """The rightmost hop that is no trusted proxy, as the key to count by.

        ``peer`` is who connected, ``forwarded`` the X-Forwarded-For headers in their order. An IPv6 visitor
        counts by their /64 network, of which a single machine may use every address.
        """
        return _key(self.hop(peer, forwarded))

    def hop(self, peer: str, forwarded: Sequence[str]) -> str:
        """The same hop as it was written: an address, or whatever the nearest trusted proxy took for one."""
        hops = [hop.strip() for header in forwarded for hop in header.split(",")]
        hops.append(peer)
        while len(hops) > 1 and self.trusts(hops[-1]):
            hops.pop()
        return hops[-1]

    def trusts(self, hop: str) -> bool:
        """Whether this is the address of one of them."""
        address = _address(hop)
        return address is not None and any(address in network for network in self._networks)


def _network(text: str, setting: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise BadConfig(
            f"{setting}: {text!r} is no address; write one such as 10.0.0.1, or a network (10.0.0.0/8)."
        ) from None


def _address(hop: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address of a hop, with or without its port."""
    bare = hop[1 : hop.find("]")] if hop.startswith("[") else hop
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _key(hop: str) -> str:
    address = _address(hop)
    if address is None:
        return hop[:64]
    if address.version == 6:
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def origin_of(url: str) -> str:
    """The origin of a URL as browsers write it: scheme, host and any port that is not the scheme's own.

    BadConfig for what is no http or https URL: web.public_url and chat.origins come through here.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadConfig(f"web.public_url, chat.origins: {url!r} is no site; write one such as https://library.example.")
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class Origins:
    """The sites whose pages may talk to us: our own, and those in the settings.

    Every browser names the Origin of a WebSocket and of a POST, so a request without one is turned away.
    """

    def __init__(self, public_url: str, further: Iterable[str]) -> None:
        self.own = origin_of(public_url)
        self.further = tuple(origin_of(each) for each in further)
        self._known = frozenset((self.own, *self.further))

    def admits(self, origin: str | None) -> bool:
        """Whether a page of this origin may talk to us."""
        return origin is not None and origin.lower() in self._known
