"""What `helpdesk check` says: the settings, and the outside that they count on, one line each.

Nothing is changed and nothing is started: files are read, ports are tried, the relay is greeted.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from helpdesk import rulebook
from helpdesk.api.auth import answers
from helpdesk.certificates import Certificate
from helpdesk.checking_keys import keys
from helpdesk.checking_oidc import sign_in
from helpdesk.checking_store import store
from helpdesk.clock import DAY, Clock, Instant, moment
from helpdesk.config import Settings
from helpdesk.errors import BadConfig, HelpdeskError
from helpdesk.extras import install
from helpdesk.findings import FAIL, OK, WARN, Finding
from helpdesk.forgetting import rules_of
from helpdesk.limits import WARNING
from helpdesk.lines import limits_of
from helpdesk.message import Channel
from helpdesk.plurals import plural
from helpdesk.reports.evidence.gathering import kept_of, peers_of
from helpdesk.rulebook import Drafts
from helpdesk.serving import listening
from helpdesk.settings import file as settings_file
from helpdesk.settings.rules import endpoint, loopback
from helpdesk.settings.wording import checked_texts, unapproved
from helpdesk.settings.zoning import zone_plan
from helpdesk.standards import Published
from helpdesk.store import opening
from helpdesk.store.opening import open_reader, state
from helpdesk.store.verbs import deletions, spending
from helpdesk.store.verbs.rulebook import published as published_rules

__all__ = ["FAIL", "OK", "WARN", "Finding", "check", "promises"]

PUBLISH = {"calendar": "`helpdesk hours publish`", "standard": "`helpdesk standards publish`"}
"""What puts a kind in force as its file stands."""

RENEW_DAYS = 14
"""A certificate that ends sooner should have been renewed."""

RELAY_SECONDS = 3.0
"""How long the relay may take to greet us."""


async def check(path: Path | None, clock: Clock) -> AsyncIterator[Finding]:
    """Every finding, in turn. Settings that can't be read end it: the rest would be guesswork."""
    try:
        reading = settings_file.read(path)
    except BadConfig as error:
        for line in str(error).splitlines():
            yield Finding(FAIL, "settings", line)
        return
    settings = reading.settings
    for finding in (
        *_settings(reading),
        *store(settings),
        *keys(settings, reading.file),
        *_ports(settings),
        *_beside(settings),
    ):
        yield finding
    for finding in (*_texts_sent(settings), *_certificates(settings, clock.now()), *_retention(settings)):
        yield finding
    async for finding in sign_in(settings.oidc, clock):
        yield finding
    async for finding in promises(settings, clock):
        yield finding
    async for finding in _relay(settings):
        yield finding
    for finding in _carrier(settings):
        yield finding
    async for finding in _sending(settings, clock):
        yield finding
    async for finding in _deletions(settings, clock):
        yield finding


def _settings(reading: settings_file.Reading) -> Iterator[Finding]:
    for line in reading.problems:
        yield Finding(FAIL, "settings", line)
    if not reading.problems:
        yield Finding(OK, "settings", str(reading.file))
    if names := settings_file.overridden():
        yield Finding(OK, "settings", f"these variables stand above the file: {', '.join(names)}")
    if _holds_secrets(reading.settings) and reading.file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield Finding(WARN, "settings", f"others may read the file, and it may hold secrets: chmod 600 {reading.file}")
    if not reading.settings.lines:
        yield Finding(WARN, "settings", "no line is configured, so nothing can come in: add a [lines.NAME] table")


def _beside(settings: Settings) -> Iterator[Finding]:
    """The library's own files that are read beside the store: for reports, and for places in texts."""
    for subject, path, read in (
        ("peers", settings.report.peers, peers_of),
        ("evidence", settings.report.evidence, kept_of),
        ("zones", settings.zones, zone_plan),
    ):
        if path is None:
            continue
        try:
            read(settings)
        except BadConfig as error:
            yield Finding(FAIL, subject, str(error))
        else:
            yield Finding(OK, subject, str(path))


def _texts_sent(settings: Settings) -> Iterator[Finding]:
    """What lines text by themselves: each must fit, and crisis texts are sent only once they are approved."""
    if not settings.lines_of(Channel.SMS):
        return
    try:
        texts = checked_texts(settings)
    except BadConfig as error:
        for line in str(error).splitlines():
            yield Finding(FAIL, "texts", line)
        return
    missing = tuple(unapproved(texts))
    for line in missing:
        yield Finding(WARN, "texts", line)
    if not missing:
        yield Finding(OK, "texts", f"{settings.texts or 'our own'}: every text fits, and the crisis texts are approved")


def _retention(settings: Settings) -> Iterator[Finding]:
    """Whether anything is forgotten by itself: without a rule what patrons wrote is held for good."""
    if not rules_of(settings):
        yield Finding(WARN, "retention", "nothing is forgotten by itself; see docs/retention.md")


def _holds_secrets(settings: Settings) -> bool:
    known = {
        "HELPDESK_SMS__TOKENS",
        "HELPDESK_SMPP__PASSWORD",
        "HELPDESK_MAIL__RELAY_PASSWORD",
        "HELPDESK_OIDC__CLIENT_SECRET",
        "HELPDESK_STORE__URL",
        "HELPDESK_STORE__KEYS_URL",
    }
    store = settings.store
    ours = (settings.mail.relay_password, settings.smpp.password, settings.oidc.client_secret)
    passwords = (*ours, store.url, store.keys_url)
    held = settings.sms.tokens or any(each is not None and each.get_secret_value() for each in passwords)
    return known.isdisjoint(settings_file.overridden()) and bool(held)


def _ports(settings: Settings) -> Iterator[Finding]:
    ours = answers(settings.store.socket_path)
    if settings.lines_of(Channel.SMS) or settings.lines_of(Channel.CHAT):
        yield _port("web", settings.web.host, settings.web.port, ours)
    place = endpoint(settings.mail.listen)
    if settings.lines_of(Channel.MAIL) and place:
        yield _port("mail in", *place, ours)


def _certificates(settings: Settings, now: Instant) -> Iterator[Finding]:
    """Those that TLS is spoken by: they must be there, fit their keys, and hold for a while."""
    for name, files in (("web", settings.web), ("api", settings.api)):
        if files.tls_certificate is None or files.tls_key is None:
            continue
        try:
            ends = Certificate(
                files.tls_certificate, files.tls_key, names=(f"{name}.tls_certificate", f"{name}.tls_key")
            ).expires
        except BadConfig as error:
            yield Finding(FAIL, "tls", str(error))
            continue
        days = (ends - now) // DAY
        if days < RENEW_DAYS:
            yield Finding(
                WARN, "tls", f"{files.tls_certificate} holds for {plural(max(days, 0), 'day')} more: renew it"
            )
        else:
            yield Finding(OK, "tls", f"{files.tls_certificate} holds until {moment(ends):%d.%m.%Y}")
        if files.tls_key.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Finding(WARN, "tls", f"everybody may read {files.tls_key}: chmod o= {files.tls_key}")


def _port(subject: str, host: str, port: int, ours: bool) -> Finding:
    try:
        listening(host, port).close()
    except OSError as error:
        if ours:
            return Finding(OK, subject, f"{host}:{port} is in use, and the store's owner is running")
        remedy = "end what uses it, or set another" if port > 1023 else "ports below 1024 need a privilege: set another"
        return Finding(FAIL, subject, f"{host}:{port} can't be listened on ({error.strerror}): {remedy}")
    return Finding(OK, subject, f"{host}:{port} is free")


async def promises(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """What is wrong with calendars and standards, or what of them is not published yet."""
    try:
        found = rulebook.drafts(settings.calendars, settings.standards, now=clock.now(), zone=settings.library.zone)
    except BadConfig as error:
        for line in str(error).splitlines():
            yield Finding(FAIL, "standards", line)
        return
    for line in rulebook.covering_nothing(settings.standards, settings.lines) if settings.standards else ():
        yield Finding(WARN, "standards", line)
    counted = f"calendars: {len(found.calendars)}, standards: {len(found.standards)}"
    try:
        if not opening.is_there(settings.store):
            yield Finding(OK, "standards", f"{counted}; the first start publishes them")
            return
        state(settings.store, settings.library.id)
        async with open_reader(settings.store, library=settings.library.id) as store:
            published = await store.read(published_rules)
    except HelpdeskError as error:
        yield Finding(WARN, "standards", f"{counted}; what is published can't be read: {error}")
        return
    for finding in _unpublished(published, found, counted):
        yield finding


def _unpublished(published: Published, found: Drafts, counted: str) -> Iterator[Finding]:
    """A line for each difference between the files and what is in force."""
    changes = rulebook.differences(published, found)
    for line in changes:
        yield Finding(WARN, "standards", line)
    kinds = [kind for kind in ("calendar", "standard") if any(line.startswith(kind) for line in changes)]
    if kinds:
        commands = " and ".join(PUBLISH[kind] for kind in kinds)
        yield Finding(WARN, "standards", f"{counted}; not published as the files have it now: run {commands}")
    else:
        yield Finding(OK, "standards", f"{counted}, published as they stand")
    for line in rulebook.left_behind(published, found):
        yield Finding(WARN, "standards", line)


async def _relay(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.lines_of(Channel.MAIL):
        return
    mail = settings.mail
    where = f"{mail.relay_host}:{mail.relay_port}"
    if trouble := await _greeted(mail.relay_host, mail.relay_port, tls=mail.relay_tls == "tls"):
        text = f"the relay {where} {trouble}: replies by mail wait until it does; check mail.relay_host and relay_port"
        yield Finding(FAIL, "mail out", text)
    else:
        yield Finding(OK, "mail out", f"the relay {where} answers")
    place = endpoint(mail.listen)
    if place and not loopback(place[0]):
        yield Finding(
            WARN, "mail in", f"{mail.listen} is open to the network: only {', '.join(mail.trusted_peers)} get in"
        )


async def _greeted(host: str, port: int, *, tls: bool) -> str:
    """What is wrong with the relay, "" if it greets as one does."""
    try:
        async with asyncio.timeout(RELAY_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls or None)
            try:
                greeting = await reader.readline()
            finally:
                writer.close()
                with suppress(OSError):  # it has greeted: how it hangs up is no matter
                    await writer.wait_closed()
    except TimeoutError:
        return f"said nothing within {RELAY_SECONDS:.0f} s"
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None)
        return f"can't be reached ({os.strerror(number) if number and number > 0 else error})"
    return "" if greeting.startswith(b"220") else "does not greet as a mail server"


def _carrier(settings: Settings) -> Iterator[Finding]:
    lines = settings.lines_of(Channel.SMS)
    if lines and settings.sms.carrier == "smpp":
        yield from _message_centre(settings)
        return
    if not lines or not settings.sms.account or not settings.sms.tokens:
        return  # that something is missing was said with the settings
    count = len(settings.sms.tokens)
    yield Finding(OK, "carrier", f"account {settings.sms.account}, {count} token{'s' if count > 1 else ''}")
    carrier, ours = urlsplit(settings.sms.base_url), urlsplit(settings.web.public_url)
    if loopback(ours.hostname or "") and not loopback(carrier.hostname or ""):
        text = f"the carrier can't reach web.public_url ({settings.web.public_url}): set the address it calls"
        yield Finding(WARN, "carrier", text)


def _message_centre(settings: Settings) -> Iterator[Finding]:
    smpp = settings.smpp
    if not (smpp.host and smpp.system_id):
        return  # that something is missing was said with the settings
    yield Finding(OK, "carrier", f"SMPP at {smpp.host}:{smpp.port} as {smpp.system_id}")
    if find_spec("smpp34") is None:
        yield Finding(FAIL, "carrier", f"SMPP needs smpp34: {install('smpp')}")
    if not smpp.tls and not loopback(smpp.host):
        text = "numbers and texts cross the network in clear: set smpp.tls, or reach the carrier by a private network"
        yield Finding(WARN, "carrier", text)


async def _sending(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """What each line of texts has used of its day's limits."""
    now, lines = clock.now(), limits_of(settings)
    try:
        if not opening.is_there(settings.store):
            return
        state(settings.store, settings.library.id)
        async with open_reader(settings.store, library=settings.library.id) as store:
            used = {line: await store.read(spending.spent, line, limits.day(now)) for line, limits in lines.items()}
    except HelpdeskError:
        return  # said with the store
    for line, spent in used.items():
        share = lines[line].share(spent.texts, spent.segments)
        said = f"line {line}, today: {lines[line].used(spent.texts, spent.segments)}"
        yield Finding(WARN if share >= WARNING else OK, "texts out", said)


async def _deletions(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """What the carrier should have deleted by now, and what nobody can ask it for."""
    try:
        if not opening.is_there(settings.store):
            return
        state(settings.store, settings.library.id)
        async with open_reader(settings.store, library=settings.library.id) as store:
            debts = await store.read(deletions.debts)
            elsewhere = await store.read(deletions.elsewhere, Channel.SMS, settings.sms.account)
    except HelpdeskError:
        return  # said with the store
    if debts and not (settings.sms.account and settings.sms.tokens):
        text = "the carrier owes deletions, and nobody can ask for them: set sms.account and sms.tokens"
        yield Finding(FAIL, "deletions", text)
    if elsewhere:
        yield Finding(
            WARN,
            "deletions",
            f"to be deleted, and in another account than sms.account: {_texts(elsewhere)}; delete them there",
        )
    late = [debt for debt in debts if debt.overdue(clock.now())]
    for debt in late:
        why = f" ({debt.reason.rstrip('.')})" if debt.reason else ""
        text = f"the carrier has owed the deletion of {_texts(debt.texts)} of line {debt.line} for over three days{why}"
        yield Finding(WARN, "deletions", f"{text}: see `helpdesk noiseline status`")
    if not (late or elsewhere) and any(line.policy == "sealed" for line in settings.lines.values()):
        yield Finding(OK, "deletions", f"texts that the carrier is yet to delete: {sum(debt.texts for debt in debts)}")


def _texts(n: int) -> str:
    return f"{n} text{'s' if n > 1 else ''}"
