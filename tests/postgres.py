"""A PostgreSQL server of the tests' own: in a folder of its own, on a Unix socket, gone with the tests.

``make test`` needs none: whatever uses one is marked ``full``. Where no server is installed those tests skip, or fail
if HELPDESK_REQUIRE_ALL=1.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

from helpdesk.store.pg_care import opened
from helpdesk.store.pg_schema import migrate

USER = "postgres"
"""The server's administrator, and who runs it where the tests run as root: it refuses to be root's."""

TEMPLATE = "helpdesk_template"
"""The database that fresh ones are copied from: with this program's schema, and empty."""

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""For servers whose machine nobody pulls the plug of."""


def binaries() -> Path | None:
    """Where initdb and pg_ctl lie, the newest version's; None where there is no server."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(versions, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0), default=None)


class Server:
    """A server in ``folder``. ``settings``: of postgresql.conf, as "name=value"."""

    def __init__(self, folder: Path, *settings: str) -> None:
        bin_folder = binaries()
        assert bin_folder is not None
        self._bin = bin_folder
        self.folder = folder
        self._names = count(1)
        self._idle: list[Used] = []
        self._settings = (
            "listen_addresses=",
            f"unix_socket_directories={folder}",
            "shared_buffers=32MB",
            "autovacuum_naptime=1h",
            "log_error_verbosity=terse",
            *settings,
        )

    def create(self) -> None:
        """Make its data folder."""
        self._run("initdb", "-D", "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        options = " ".join(f"-c {each}" for each in self._settings)
        self._run("pg_ctl", "-D", "data", "-w", "-s", "-l", "log", "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: "fast" ends its connections, "immediate" is as if it had died."""
        self._run("pg_ctl", "-D", "data", "-w", "-s", "-m", how, "stop")

    def crash(self) -> None:
        """Kill every process of it, the first one first: it would make new ones. Returns when all of them are gone."""
        os.kill(self.processes()[-1], signal.SIGSTOP)
        *others, first = self.processes()
        for process in (first, *others):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while Path(f"/proc/{first}").exists() or not all(map(_has_ended, others)):
            with suppress(ChildProcessError):
                os.waitpid(first, 0)
        (self.folder / "data" / "postmaster.pid").unlink()

    @property
    def running(self) -> bool:
        """Whether it has a process."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def processes(self) -> list[int]:
        """The server's processes, its first one last."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [*map(int, children), first]

    def signal(self, what: signal.Signals) -> None:
        """Send each of its processes a signal: SIGSTOP makes it hang, SIGCONT ends that, SIGKILL is a crash."""
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process, what)

    def url(self, database: str) -> str:
        """How to reach one of its databases."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def administer(self, *statements: str) -> None:
        """Run statements outside any database of a test's."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for each in statements:
                connection.execute(each.encode())

    def prepare(self) -> None:
        """Make the template."""
        self.administer(f"CREATE DATABASE {TEMPLATE}")
        with opened(self.url(TEMPLATE)) as connection:
            migrate(connection)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database of this program's schema with no row in it, which others use after the block."""
        found = self._idle.pop() if self._idle else Used(self, next(self._names))
        try:
            yield self.url(found.name)
        finally:
            try:
                found.sweep()
            except psycopg.Error:  # the test, or the server, has changed more than rows
                found.connection.close()
            else:
                self._idle.append(found)

    @contextmanager
    def fresh(self, template: str = TEMPLATE) -> Iterator[str]:
        """The URL of a new database, for tests that change more than rows, until the block ends."""
        name = f"test_{os.getpid()}_{next(self._names)}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            if self.running:
                self.administer(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Stop it, and let go of what it had."""
        for each in self._idle:
            each.connection.close()
        if self.running:
            self.stop("immediate")

    def _run(self, program: str, *arguments: str) -> None:
        as_user = ("runuser", "-u", USER, "--") if os.geteuid() == 0 else ()
        done = subprocess.run(
            [*as_user, str(self._bin / program), *arguments],
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}{self._logged()}"

    def _logged(self) -> str:
        """The end of the server's own log, for the reader of a failed test."""
        log = self.folder / "log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""


class Used:
    """A database that one test after another uses: new ones take long to make."""

    def __init__(self, server: Server, number: int) -> None:
        self.name = f"used_{os.getpid()}_{number}"
        server.administer(f"CREATE DATABASE {self.name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        self.connection = psycopg.connect(server.url(self.name), autocommit=True)
        tables = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self._emptied = [name for (name,) in tables if name != "helpdesk_schema"]

    def sweep(self) -> None:
        """Leave no row and no other connection."""
        self.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        deleting = "".join(f"DELETE FROM {name};" for name in self._emptied)
        self.connection.execute(
            f"SET session_replication_role = replica; {deleting} ALTER SEQUENCE entries_row_seq RESTART".encode()
        )


def _has_ended(process: int) -> bool:
    """Whether it has ended, though whoever adopted it may not have looked yet."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(") ")[2][0] in "ZX"


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A server of one's own, running, until the block ends. The test skips where none is installed."""
    if binaries() is None:
        pytest.skip("PostgreSQL's server is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        made = Server(folder, *settings)
        made.create()
        made.start()
        try:
            made.prepare()
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
