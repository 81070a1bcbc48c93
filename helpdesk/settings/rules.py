"""What must hold between settings, beyond the shape of each: pure rules over the whole.

A rule yields every key that is wrong, and what to do about it. :mod:`helpdesk.settings.file` adds where the key
stands in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from helpdesk.config import LineSettings, Settings
from helpdesk.message import Channel
from helpdesk.tables import nearest


class Problem(NamedTuple):
    """A key that is wrong, and the remedy."""

    key: tuple[str, ...]
    remedy: str


Rule = Callable[[Settings], Iterator[Problem]]

LONGEST_SOCKET = 103
"""The longest path of a Unix socket, in bytes, that every system takes."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_MAILBOX = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[a-z0-9-]+(\.[a-z0-9-]+)*")
_ENDPOINT = re.compile(r"(?:\[(?P<six>[0-9a-f:]+)\]|(?P<host>[^:/\s]+)):(?P<port>[0-9]{1,5})")


def problems(settings: Settings) -> list[Problem]:
    """All that is wrong, in the order of the file's sections."""
    return [problem for rule in RULES for problem in rule(settings)]


def unknown_calendars(settings: Settings, known: Collection[str]) -> Iterator[Problem]:
    """The settings that name a calendar which is not among those of the calendars file."""
    named = {("lines", name, "calendar"): line.calendar for name, line in settings.lines.items()}
    for key, calendar in (named | {("report", "calendar"): settings.report.calendar}).items():
        if calendar and calendar not in known:
            yield Problem(key, f"there is no calendar {calendar!r}; {nearest(calendar, known)}")


def loopback(host: str) -> bool:
    """Whether a host name or address never leaves this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def endpoint(text: str) -> tuple[str, int] | None:
    """Host and port of "host:port" ("[::1]:25" too), None if it is not written so."""
    match = _ENDPOINT.fullmatch(text)
    if match is None or int(match["port"]) > 65535:
        return None
    return match["six"] or match["host"], int(match["port"])


def _zone(settings: Settings) -> Iterator[Problem]:
    try:
        ZoneInfo(settings.library.zone)
    except (KeyError, ValueError, OSError):
        yield Problem(("library", "zone"), 'is not a time zone; write its IANA name, such as "Europe/London"')


def _socket(settings: Settings) -> Iterator[Problem]:
    path = settings.store.socket_path
    if (length := len(str(path).encode())) > LONGEST_SOCKET:
        yield Problem(
            ("store", "socket"),
            f"{path} has {length} bytes, and a Unix socket's path at most {LONGEST_SOCKET}; set a shorter one",
        )


def _keys(settings: Settings) -> Iterator[Problem]:
    """The keys of sealed lines lie apart from the store, and where every server reaches them."""
    store, key = settings.store, ("store", "keys_url")
    sealed = ", ".join(name for name, line in settings.lines.items() if line.policy == "sealed")
    if store.keys_url is None:
        if store.url is not None and sealed:
            yield Problem(
                key,
                f"is missing: beside store.url the keys of {sealed} lie in a PostgreSQL database of their own, outside "
                'the dumps of the other; write "postgresql://user@host/helpdesk_keys"',
            )
    elif store.url is None:
        yield Problem(key, "is for a store on PostgreSQL; beside a file leave it out, and the keys lie in store.keys")
    elif _database(store.keys_url) == _database(store.url):
        yield Problem(key, "names the database of store.url: its dumps would hold the keys; name another")


def _database(url: SecretStr) -> tuple[str, int, str, str]:
    """Which database a URL names, whoever signs in to it."""
    parts = urlsplit(url.get_secret_value())
    try:
        port = parts.port or 5432
    except ValueError:  # said when it is opened
        port = 0
    return parts.hostname or "", port, parts.path, parts.query


def _line_names(settings: Settings) -> Iterator[Problem]:
    for name in settings.lines:
        if not _NAME.fullmatch(name):
            yield Problem(("lines", name), "name a line in small letters, digits and hyphens, at most 40")


def _line_addresses(settings: Settings) -> Iterator[Problem]:
    for name, line in settings.lines.items():
        if remedy := _ADDRESS.get(line.channel, _no_line)(line):
            key = "address" if line.channel in _ADDRESS else "channel"
            yield Problem(("lines", name, key), remedy)


def _sms_address(line: LineSettings) -> str:
    if _E164.fullmatch(line.address) or _SHORT_CODE.fullmatch(line.address):
        return ""
    if line.messaging_service and not line.address:
        return ""
    return 'write the number in international form, "+447700900123", with no spaces'


def _mail_address(line: LineSettings) -> str:
    if not _MAILBOX.fullmatch(line.address):
        return 'write a mailbox in small letters, such as "help@library.example"'
    local = line.address.partition("@")[0]
    return "leave out what follows the plus sign: replies carry a token of ours there" if "+" in local else ""


def _chat_address(line: LineSettings) -> str:
    return "" if _NAME.fullmatch(line.address) else "name the chat in small letters, digits and hyphens"


def _no_line(line: LineSettings) -> str:
    return f'is {str(line.channel)!r}, which staff log at the desk; a line is "sms", "mail" or "chat"'


_ADDRESS: dict[Channel, Callable[[LineSettings], str]] = {
    Channel.SMS: _sms_address,
    Channel.MAIL: _mail_address,
    Channel.CHAT: _chat_address,
}


def _line_extras(settings: Settings) -> Iterator[Problem]:
    for name, line in settings.lines.items():
        if line.messaging_service and line.channel is not Channel.SMS:
            yield Problem(("lines", name, "messaging_service"), "belongs to text lines only; take it out")
        elif line.messaging_service and not _SERVICE.fullmatch(line.messaging_service):
            yield Problem(("lines", name, "messaging_service"), 'is "MG" and 32 hex digits, as the carrier shows it')
        if line.policy == "sealed" and line.channel is not Channel.SMS:
            yield Problem(("lines", name, "policy"), 'only a text line can be "sealed"; write "open"')
        if not line.title.strip():
            yield Problem(("lines", name, "title"), "is empty; write what staff call the line")


def _lines_apart(settings: Settings) -> Iterator[Problem]:
    first: dict[tuple[Channel, str], str] = {}
    for name, line in settings.lines.items():
        for key, value in (("address", line.address), ("messaging_service", line.messaging_service)):
            other = first.setdefault((line.channel, value), name) if value else name
            if other != name:
                yield Problem(("lines", name, key), f"belongs to the line {other!r} already; one line has it")


def _carrier(settings: Settings) -> Iterator[Problem]:
    lines = settings.lines_of(Channel.SMS)
    if not lines:
        return
    named = ", ".join(lines)
    if settings.sms.carrier == "smpp":
        yield from _message_centre(settings, named)
        return
    if not settings.sms.account:
        yield Problem(("sms", "account"), f"is missing, and {named} needs it: the carrier's account SID")
    if not any(token.get_secret_value() for token in settings.sms.tokens):
        remedy = f"are missing, and {named} needs them: put the auth token in HELPDESK_SMS__TOKENS or the file"
        yield Problem(("sms", "tokens"), remedy)
    yield from _guarded(("sms", "base_url"), settings.sms.base_url, "the account's token crosses the network")
    yield from _guarded(("web", "public_url"), settings.web.public_url, "patrons' texts cross the network")


def _message_centre(settings: Settings, named: str) -> Iterator[Problem]:
    smpp = settings.smpp
    if not smpp.host:
        yield Problem(("smpp", "host"), f"is missing, and {named} needs it: the message centre's host")
    if not smpp.system_id:
        yield Problem(("smpp", "system_id"), f"is missing, and {named} needs it: the name that the carrier gave us")
    if not smpp.password.get_secret_value():
        remedy = f"is missing, and {named} needs it: put it in HELPDESK_SMPP__PASSWORD or the file"
        yield Problem(("smpp", "password"), remedy)
    for name, line in settings.lines_of(Channel.SMS).items():
        if not line.address:
            yield Problem(("lines", name, "address"), "is missing: by SMPP every line has a number")


def _guarded(key: tuple[str, ...], url: str, because: str) -> Iterator[Problem]:
    parts = urlsplit(url)
    if parts.scheme == "http" and not loopback(parts.hostname or ""):
        yield Problem(key, f"write https: {because} in clear over http")


def _urls(settings: Settings) -> Iterator[Problem]:
    for key, url in (("web", "public_url"), settings.web.public_url), (("sms", "base_url"), settings.sms.base_url):
        if not _is_url(url):
            yield Problem(key, 'write a whole URL with nothing after the path, such as "https://help.library.example"')
    for origin in settings.chat.origins:
        if not _is_url(origin) or urlsplit(origin).path:
            yield Problem(
                ("chat", "origins"), f'{origin!r} is not a site; write scheme and host, "https://www.library.example"'
            )


def _tls(settings: Settings) -> Iterator[Problem]:
    for table, server in (("web", settings.web), ("api", settings.api)):
        if server.tls_certificate and not server.tls_key:
            yield Problem((table, "tls_key"), "is missing: name the key that tls_certificate was made for")
        elif server.tls_key and not server.tls_certificate:
            yield Problem((table, "tls_certificate"), "is missing: name the certificate that tls_key belongs to")
        elif server.tls_certificate and urlsplit(server.public_url).scheme == "http":
            yield Problem((table, "public_url"), f"write https: this server speaks TLS by {table}.tls_certificate")


def _oidc(settings: Settings) -> Iterator[Problem]:
    """The provider is spoken to safely, and says who works here."""
    oidc = settings.oidc
    if not oidc.issuer:
        return
    parts = urlsplit(oidc.issuer)
    if not (_is_url(oidc.issuer) and (parts.scheme == "https" or loopback(parts.hostname or ""))):
        yield Problem(("oidc", "issuer"), 'is not a provider; write its URL, such as "https://login.library.example"')
    if not oidc.client_id:
        yield Problem(("oidc", "client_id"), "is missing; it is what the provider calls us")
    if "openid" not in oidc.scopes:
        yield Problem(("oidc", "scopes"), 'must hold "openid"')
    if not oidc.groups:
        yield Problem(
            ("oidc", "groups"), 'is empty, so nobody could sign in; write groups = {"library-desk" = "agent"}'
        )


def _api(settings: Settings) -> Iterator[Problem]:
    """What a listener needs before tokens may come to it."""
    api = settings.api
    if api.public_url and not _is_url(api.public_url):
        yield Problem(("api", "public_url"), 'is not a URL; write one such as "https://desk.library.example"')
    if api.port and not (api.tls_certificate or api.trusted_proxies or loopback(api.host)):
        yield Problem(
            ("api", "host"),
            "reaches beyond this machine, and tokens would cross the network in clear; name tls_certificate and"
            " tls_key, or in trusted_proxies the proxy that speaks TLS before it",
        )
    if api.port and (api.host, api.port) == (settings.web.host, settings.web.port):
        yield Problem(("api", "port"), "is where the web server listens (web.host, web.port); choose another port")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.fragment)
    except ValueError:
        return False


def _peers(settings: Settings) -> Iterator[Problem]:
    for key, peers in (
        (("web", "trusted_proxies"), settings.web.trusted_proxies),
        (("api", "trusted_proxies"), settings.api.trusted_proxies),
        (("mail", "trusted_peers"), settings.mail.trusted_peers),
        (("metrics", "allow"), settings.metrics.allow),
    ):
        for peer in peers:
            if not _is_network(peer):
                yield Problem(key, f'{peer!r} is not an address; write one such as "10.0.0.5" or "10.0.0.0/24"')


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _mail_doors(settings: Settings) -> Iterator[Problem]:
    listen = settings.mail.listen
    if "/" in listen:
        return
    place = endpoint(listen)
    if place is None:
        yield Problem(("mail", "listen"), 'write "host:port", such as "127.0.0.1:8025", or the path of a Unix socket')
    elif place == (settings.web.host, settings.web.port) and place[1]:
        yield Problem(("mail", "listen"), "is where the web server listens (web.host, web.port); choose another port")


def _relay(settings: Settings) -> Iterator[Problem]:
    mail = settings.mail
    if mail.relay_user and not mail.relay_password.get_secret_value():
        yield Problem(
            ("mail", "relay_password"), "is missing for relay_user; HELPDESK_MAIL__RELAY_PASSWORD may hold it"
        )
    if mail.relay_user and mail.relay_tls == "none" and not loopback(mail.relay_host):
        yield Problem(("mail", "relay_tls"), 'write "starttls" or "tls": the password crosses the network in clear')


def _form(settings: Settings) -> Iterator[Problem]:
    name = settings.chat.form_line
    if name and name not in settings.lines_of(Channel.MAIL):
        known = ", ".join(settings.lines_of(Channel.MAIL)) or "there is none yet"
        yield Problem(("chat", "form_line"), f"{name!r} is not a mail line; mail lines: {known}")


def _overlap(settings: Settings) -> Iterator[Problem]:
    """What is shredded must not be fetched from the carrier again."""
    days = min((line.reply_days for line in settings.lines.values() if line.policy == "sealed"), default=None)
    if days is not None and settings.sms.overlap_hours >= 24 * days:
        remedy = f"is not shorter than the {days} days after which a sealed line forgets; set fewer than {24 * days}"
        yield Problem(("sms", "overlap_hours"), remedy)


def _duty(settings: Settings) -> Iterator[Problem]:
    """Whoever is on the duty list is reached by a line that shows its senders: their reply must be known for theirs."""
    for name, duty in settings.escalation.duty.items():
        key = ("escalation", "duty", name)
        line = settings.lines.get(duty.line)
        if not _NAME.fullmatch(name):
            yield Problem(key, "name whoever is on duty in small letters, digits and hyphens, at most 40")
        elif line is None:
            yield Problem((*key, "line"), f"there is no line {duty.line!r}; {nearest(duty.line, settings.lines)}")
        elif line.policy == "sealed" or line.channel is Channel.CHAT:
            yield Problem((*key, "line"), "must be an open text or mail line: a reply has to be known for theirs")
        elif line.channel is Channel.SMS and not _E164.fullmatch(duty.address):
            yield Problem((*key, "address"), 'write the number in international form, "+447700900123"')
        elif line.channel is Channel.MAIL and not _MAILBOX.fullmatch(duty.address):
            yield Problem((*key, "address"), 'write a mailbox in small letters, such as "duty@library.example"')


def _retention(settings: Settings) -> Iterator[Problem]:
    """Identity first, text later: what holds a name is not kept longer than the name."""
    kept = settings.retention
    for channel in ("mail", "sms", "chat"):
        first, later = f"{channel}_identity_days", f"{channel}_text_days"
        if 0 < getattr(kept, later) < getattr(kept, first):
            yield Problem(("retention", first), f"who wrote is forgotten first: write {getattr(kept, later)} or fewer")
    if 0 < kept.mail_identity_days < kept.mail_raw_days:
        remedy = f"a mail as it came in names who wrote: write {kept.mail_identity_days} or fewer"
        yield Problem(("retention", "mail_raw_days"), remedy)
    window = max((line.reply_days for line in settings.lines.values() if line.policy == "sealed"), default=0)
    if 0 < kept.sealed_text_days < window:
        remedy = f"a sealed conversation can be answered for {window} days: write {window} or more"
        yield Problem(("retention", "sealed_text_days"), remedy)


def _probe(settings: Settings) -> Iterator[Problem]:
    for name in settings.probe.lines:
        if name not in settings.lines:
            yield Problem(("probe", "lines"), f"there is no line {name!r}; {nearest(name, settings.lines)}")
    if settings.probe.tell_duty and not settings.escalation.duty:
        yield Problem(("probe", "tell_duty"), "there is nobody on the duty list: add [escalation.duty.NAME]")


RULES: tuple[Rule, ...] = (
    _zone,
    _socket,
    _keys,
    _urls,
    _tls,
    _api,
    _oidc,
    _peers,
    _line_names,
    _line_addresses,
    _line_extras,
    _lines_apart,
    _carrier,
    _overlap,
    _mail_doors,
    _relay,
    _form,
    _duty,
    _retention,
    _probe,
)
