"""`helpdesk serve` on a library of many tickets, a process of its own, and what the benches see of it from outside."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from helpdesk.clock import SystemClock
from helpdesk.simulator.carrier import Carrier
from tests.bench.api_house import Filled
from tests.channels.certificates import certified
from tests.chaos.owner import ACCOUNT, TOKEN, Owner, found_library, free_port

MB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A server that runs. ``port``: where its API speaks TLS, by a certificate that ``authority`` vouches for."""

    library: Filled
    port: int
    authority: Path
    pid: int

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"https://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds that its process has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> Memory:
        """What it takes now."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return Memory(server=_size(self.pid), beside=sum(_size(int(each)).shared for each in children))


@dataclass(frozen=True, slots=True)
class Size:
    """A process's memory in MB: ``whole`` is its RSS; ``shared`` its PSS, what it shares with others told by halves."""

    whole: float
    shared: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The server's own process, and the PSS of those it has started: the readers of mail."""

    server: Size
    beside: float

    @property
    def all(self) -> float:
        """PSS of all of it, in MB."""
        return self.server.shared + self.beside

    def __str__(self) -> str:
        return f"{self.all:.1f} MB (server {self.server.shared:.1f}, its mail readers {self.beside:.1f};" + (
            f" server's RSS {self.server.whole:.1f})"
        )


def _size(process: int) -> Size:
    rows = (line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:])
    found = {row[0].rstrip(":"): int(row[1]) / MB for row in rows}
    return Size(found["Rss"], found["Pss"])


@asynccontextmanager
async def office(library: Filled) -> AsyncIterator[Office]:
    """It serves until the block ends: texts, mail, chat, the API over TLS with tokens."""
    carrier = Carrier(account=ACCOUNT, tokens=(TOKEN,), clock=SystemClock())
    async with carrier.serving() as url:
        found = found_library(library.folder, carrier=url, relay_port=free_port())
        port = free_port()
        certified(library.folder)
        text = found.settings.read_text()
        if library.urls is not None:
            urls = f"url = {json.dumps(library.urls.store)}\nkeys_url = {json.dumps(library.urls.keys)}"
            text = text.replace("[store]", f"[store]\n{urls}")
        found.settings.write_text(text + _api(library.folder, port))
        found.settings.chmod(0o600)
        async with Owner(found).running() as owner:
            yield Office(library=library, port=port, authority=library.folder / "cert.pem", pid=owner.pid)


def _api(folder: Path, port: int) -> str:
    """An API that nobody is too fast for."""
    return f"""
[api]
port = {port}
tls_certificate = {json.dumps(str(folder / "cert.pem"))}
tls_key = {json.dumps(str(folder / "key.pem"))}
requests_per_second = 10000
burst = 100000
"""
