"""The settings: one typed object, read once.

``helpdesk.toml`` holds them (``helpdesk init`` writes a commented one). Secrets are never shown in a repr.
:mod:`helpdesk.settings.file` reads and checks the file; this module says what there is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr

from helpdesk.contact_settings import ContactSettings
from helpdesk.desk_settings import DeskSettings as DeskSettings
from helpdesk.message import Channel
from helpdesk.section import Section as Section

DEFAULT_CALENDAR = "staffed"
"""The calendar that the preset standards count by, and the only one of a library that wrote none."""


CallingCode = Annotated[str, Field(pattern="[1-9][0-9]{0,2}")]
"""A country's calling code: "44"."""

Port = Annotated[int, Field(ge=0, le=65535)]


def _days(description: str) -> Any:
    """After how many days something is forgotten; 0 for never."""
    return Field(0, ge=0, le=36_500, description=description)


class LibrarySettings(Section):
    """Who we are."""

    id: str = Field("main", pattern="[a-z0-9-]{1,40}", description="The library's short name in the store.")
    name: str = Field("The Library", description="The library's name, as patrons know it.")
    zone: str = Field("Europe/London", description="The IANA time zone that screens and reports use.")


class StoreSettings(Section):
    """Where everything is kept."""

    path: Path = Field(Path("helpdesk.sqlite"), description="The SQLite file. Not on a network file system.")
    url: SecretStr | None = Field(
        None,
        description='A PostgreSQL database instead of the file, as "postgresql://user@host/database"; the socket, '
        "the keys and the performance page stay beside store.path.",
    )
    socket: Path | None = Field(None, description="The owner's Unix socket. Default: the file's name with .sock.")
    keys: Path | None = Field(None, description="The key store. Default: keys.sqlite beside the master key.")
    keys_url: SecretStr | None = Field(
        None,
        description="The key store as a PostgreSQL database of its own, instead of the file: what several servers "
        "share. Not the database of store.url, and in none of its backups.",
    )
    master_key: Path | None = Field(
        None,
        description="A file of mode 0400 with 32 random bytes in hex; default master.key beside the store, or the "
        "systemd credential helpdesk-master where there is one.",
    )
    epoch_days: int = Field(
        7, ge=1, le=28, description="Sealed lines: so long one key makes the handles by which a texter is known again."
    )

    @property
    def socket_path(self) -> Path:
        """Where the owner listens: as set, or beside the store."""
        return self.socket or self.path.with_suffix(".sock")

    @property
    def page_path(self) -> Path:
        """Where the performance page lies as last published: beside the store."""
        return self.path.with_suffix(".standards.html")


class WebSettings(Section):
    """The HTTP server of webhooks and web chat."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: Port = Field(8080, description="The port to listen on.")
    public_url: str = Field("http://127.0.0.1:8080", description="How the outside reaches it: signatures cover it.")
    trusted_proxies: tuple[str, ...] = Field((), description="Addresses whose X-Forwarded-For is believed.")
    tls_certificate: Path | None = Field(
        None, description="A PEM file, the certificate and its chain, to speak TLS without a proxy; none: plain HTTP."
    )
    tls_key: Path | None = Field(None, description="The certificate's key, a PEM file without a passphrase.")
    connections: int = Field(2000, ge=10, description="The most connections at a time, open chats among them.")


class MetricsSettings(Section):
    """Figures for whoever watches the help desk, at /metrics of the web server: numbers, nothing of anybody."""

    enabled: bool = Field(True, description="Whether there are any.")
    allow: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses or networks that may read them; behind a proxy, the visitor's own address counts.",
    )
    token_file: Path | None = Field(
        None, description="A file with a secret: who sends it (Authorization: Bearer ...) may read them from anywhere."
    )


class LogSettings(Section):
    """What `helpdesk serve` writes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description='From which level on: "info" has a line for each message, "warning" what wants a person.'
    )
    format: Literal["json", "console"] = Field(
        "json", description='"json": an object a line; "console": words, for a terminal.'
    )


class ApiSettings(Section):
    """The API for desks on other machines and for other systems. On this machine it is at store.socket."""

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: Port = Field(0, description="The port to listen on; 0: no desk on another machine.")
    public_url: str = Field(
        "", description="How the outside reaches it: pages from there, and from nowhere else, may watch by it."
    )
    tls_certificate: Path | None = Field(
        None, description="A PEM file, the certificate and its chain, to speak TLS without a proxy; none: plain HTTP."
    )
    tls_key: Path | None = Field(None, description="The certificate's key, a PEM file without a passphrase.")
    trusted_proxies: tuple[str, ...] = Field((), description="Addresses whose X-Forwarded-For is believed.")
    requests_per_second: float = Field(25, gt=0, le=10_000, description="What one token may ask, all the time.")
    burst: int = Field(250, ge=1, le=100_000, description="What one token may ask all at once.")
    connections: int = Field(1000, ge=10, description="The most connections at a time, open desks among them.")


class OidcSettings(Section):
    """Sign-in through the library's own OpenID Connect provider, by helpdesk login. It needs the extra [oidc]."""

    issuer: str = Field("", description="The provider's issuer URL; empty: personal tokens are issued by admins alone.")
    client_id: str = Field("", description="What the provider calls us; the device flow must be allowed for it.")
    client_secret: SecretStr = Field(SecretStr(""), description="The client's secret, empty for a public client.")
    scopes: tuple[str, ...] = Field(("openid", "profile"), description="What the provider is asked for.")
    actor_claim: str = Field(
        "preferred_username", description="The claim that a member's id comes from: one that nobody chooses themselves."
    )
    name_claim: str = Field("name", description="The claim that their name comes from.")
    groups_claim: str = Field("groups", description='The claim with their groups; dots lead inwards: "realm.roles".')
    groups: dict[str, Literal["agent", "lead", "reporter", "admin"]] = Field(
        default_factory=dict, description="The role of each group that works here; nobody else is let in."
    )
    token_days: int = Field(
        30, ge=1, le=365, description="After so many days they sign in anew, and groups count anew."
    )


class LineSettings(Section):
    """One inbound line: a number, a mailbox or the chat page."""

    channel: Channel = Field(description='"sms", "mail" or "chat".')
    title: str = Field(description="What staff call it.")
    policy: Literal["open", "sealed"] = Field("open", description='"sealed": the sender stays unknown (Noiseline).')
    kind: str = Field("enquiry", description="The kind of ticket it opens.")
    site: str = Field("", description="The site its tickets belong to.")
    address: str = Field(description="The number (+44...), the mailbox, or a name for the chat page.")
    messaging_service: str = Field("", description="SMS: the carrier's messaging service, instead of a number.")
    calendar: str = Field("", description="The calendar whose hours the line keeps, empty for always open.")
    greeting: str = Field("", description="The automatic acknowledgement, empty for none.")
    call: str = Field("", max_length=40, description='SMS: whom to call out of hours: "Security: 07700 900999."')
    reply_days: int = Field(7, ge=1, le=30, description="Sealed lines: days after which a conversation is shredded.")
    thread_hours: int = Field(24, ge=1, le=168, description="SMS: so long after the last word a text goes on with it.")
    most_segments: int = Field(6, ge=1, le=10, description="SMS: the longest reply, in segments.")
    countries: tuple[CallingCode, ...] = Field(
        ("44",), description="SMS: calling codes that replies may go to; an empty list for all."
    )
    texts_per_second: float = Field(10, gt=0, le=100, description="SMS: the most texts handed over in a second.")
    texts_per_day: int = Field(1000, ge=0, description="SMS: the most texts a day, 0 for no limit.")
    pence_per_segment: float = Field(4, ge=0, description="SMS: what the carrier charges for a segment, in pence.")
    pence_per_day: float = Field(0, ge=0, description="SMS: the most that a day may cost, in pence; 0 for no limit.")


class SmsSettings(Section):
    """The carrier of text messages."""

    carrier: Literal["twilio", "smpp"] = Field(
        "twilio", description='"smpp": a message centre that speaks SMPP 3.4, set up in [smpp]; the rest is not used.'
    )
    account: str = Field("", description="The account's SID.")
    tokens: tuple[SecretStr, ...] = Field((), description="Auth tokens, newest first; older ones while rotating.")
    base_url: str = Field("https://api.twilio.com", description="The carrier's API: the simulator's in a demo.")
    catch_up_seconds: int = Field(120, ge=10, description="How often missed texts are looked for, in seconds.")
    overlap_hours: int = Field(24, ge=1, description="How far back catching up looks, in hours.")
    timeout_seconds: float = Field(10, gt=0, description="How long one request to the carrier may take.")
    media_types: tuple[str, ...] = Field(
        (
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/webp",
            "application/pdf",
            "audio/amr",
            "audio/mpeg",
            "video/3gpp",
            "video/mp4",
        ),
        description="Files that are fetched from picture messages; on sealed lines only JPEG, PNG and GIF of these.",
    )
    media_bytes: int = Field(5_000_000, ge=0, description="The largest such file, in bytes; 0 to fetch none.")
    media_hosts: tuple[str, ...] = Field(
        ("mms.twiliocdn.com", "media.twiliocdn.com"),
        description="Hosts, besides base_url's, that the carrier may send us to for a file.",
    )


class SmppSettings(Section):
    """A carrier's message centre, where `carrier` in [sms] is "smpp"."""

    host: str = Field("", description="The message centre's host.")
    port: Port = Field(2775, description="Its port.")
    system_id: str = Field("", description="The name that the carrier knows us by.")
    password: SecretStr = Field(SecretStr(""), description="The password.")
    system_type: str = Field("", description="Where the carrier asks for one.")
    tls: bool = Field(True, description="Whether it speaks TLS. Else numbers and texts cross the network in clear.")
    country: str = Field("44", pattern="[1-9][0-9]{0,2}", description="The country code of numbers that come without.")
    alphabet: Literal["gsm", "latin-1"] = Field("gsm", description="What the carrier means by its default alphabet.")
    timeout_seconds: float = Field(10, gt=0, description="How long the carrier may take to answer.")
    keepalive_seconds: int = Field(30, ge=5, description="How often it is asked for a sign of life.")
    window: int = Field(10, ge=1, le=100, description="How many texts may wait for its answer at a time.")
    parts_seconds: int = Field(5, ge=1, le=60, description="How long the parts of a long text wait for one another.")


class MailSettings(Section):
    """Mail in and out."""

    listen: str = Field("127.0.0.1:8025", description="host:port or the path of a Unix socket.")
    protocol: Literal["smtp", "lmtp"] = Field("smtp", description="What the relay in front of us speaks.")
    trusted_peers: tuple[str, ...] = Field(("127.0.0.1", "::1"), description="Relays that may hand mail in.")
    max_bytes: int = Field(25_000_000, ge=10_000, description="The largest mail taken, in bytes (552 above it).")
    relay_host: str = Field("127.0.0.1", description="The relay that takes our mail.")
    relay_port: Port = Field(25, description="Its port.")
    relay_user: str = Field("", description="The user to sign in with, empty for none.")
    relay_password: SecretStr = Field(SecretStr(""), description="The password.")
    relay_tls: Literal["none", "starttls", "tls"] = Field("none", description="How the relay is spoken to.")
    timeout_seconds: float = Field(30, gt=0, description="How long one delivery may take.")
    parser_seconds: float = Field(10, gt=0, description="How long one mail may take to be read.")
    parser_megabytes: int = Field(512, ge=128, description="How much memory the reader of mails may use.")


class ChatSettings(Section):
    """The web chat page."""

    origins: tuple[str, ...] = Field((), description="Further sites that may embed the chat, besides our own.")
    wait_seconds: int = Field(30, ge=5, description="After so long with nobody available, the mail form is offered.")
    form_line: str = Field("", description="The mail line that takes the form out of hours, empty for none.")
    moment: str = Field(
        "With you in a moment.", min_length=1, max_length=300, description="What staff tell who waits with one key."
    )
    handed_over: str = Field(
        "A colleague has taken over, and has read what was said so far.",
        max_length=300,
        description="What a visitor is told then; {first_name} and {name} are the colleague's. Empty: nothing.",
    )
    idle_minutes: int = Field(15, ge=1, description="A visitor gone for so long has left.")
    messages_per_minute: int = Field(20, ge=1, description="What one visitor may send.")
    starts_per_minute: int = Field(60, ge=1, description="Chats that may start from one address.")


class NoiseSettings(Section):
    """What becomes of noise texts."""

    incident_minutes: int = Field(20, ge=1, le=240, description="Texts about one zone within so long are one noise.")
    goers: tuple[str, ...] = Field(("security",), description="Who can be sent to a noise, besides members of staff.")
    most_texts: int = Field(6, ge=1, description="What one texter may send within limit_minutes; more are set apart.")
    limit_minutes: int = Field(10, ge=1, description="See most_texts.")
    mute_hours: int = Field(24, ge=1, le=168, description="For how long the desk offers first to mute a texter.")
    more: str = Field("", description="The address of the page that tells texters more; it stands on posters.")


class DutySettings(Section):
    """Somebody who is told away from the desk: a phone or a mailbox of the library's."""

    address: str = Field(description="Their number (+44...) or e-mail address.")
    line: str = Field(description="The open line that writes to them; their reply comes back by it.")


class EscalationSettings(Section):
    """Who is told, away from the desk, of what nobody took."""

    minutes: int = Field(10, ge=1, le=240, description="A noise that nobody took for so long goes to the duty list.")
    urgent_minutes: int = Field(3, ge=1, le=60, description="The same where somebody may be in danger.")
    next_minutes: int = Field(
        5, ge=1, le=120, description="After so long without a reply the next on the list is told."
    )
    unstaffed: bool = Field(False, description="Out of staffed hours, too; danger always is.")
    duty: dict[str, DutySettings] = Field(
        default_factory=dict, description="The duty list, by short names, in the order in which they are told."
    )


class HookSettings(Section):
    """Outgoing webhooks: what holds for all of them. They are added with the command "hooks" (docs/webhooks.md)."""

    allow_private: bool = Field(False, description="Whether messages may go to private addresses of your network.")
    keep: int = Field(200, ge=1, le=10_000, description="How many messages a hook's log keeps, at most 30 days.")
    give_up_days: int = Field(3, ge=1, le=20, description="A hook that takes nothing for so long is stopped.")


class ProbeSettings(Section):
    """Probes: messages to ourselves by every line, to see that it is alive."""

    at: str = Field("", pattern="|([01][0-9]|2[0-3]):[0-5][0-9]", description='When, each day: "07:30"; empty: never.')
    lines: tuple[str, ...] = Field((), description="Which lines; empty: every line.")
    texts: bool = Field(
        False, description="Whether daily probes send texts, which cost; else a text line's account is looked at."
    )
    minutes: int = Field(5, ge=1, le=60, description="A probe that has not come back after so long has failed.")
    tell_duty: bool = Field(False, description="Whether the duty list is told of a line that failed.")


class ReportSettings(Section):
    """How figures are judged and shown."""

    few: int = Field(20, ge=1, le=1000, description="Under so many judged contacts a share is too few to tell.")
    amber_points: float = Field(5, ge=0, le=50, description="Below the promise by at most so many points: amber.")
    small: int = Field(5, ge=0, le=100, description="In breakdowns that are published, smaller counts are not shown.")
    noise_public: bool = Field(False, description="Whether the public page shows where and when it was noisy.")
    calendar: str = Field("", description="Whose terms and staffed hours reports show; empty: the first calendar.")
    contact: str = Field("", description="How to reach the library, a line for the public performance page.")
    peers: Path | None = Field(None, description="A TOML file of other libraries' figures; none: the starter file.")
    evidence: Path | None = Field(
        None, description="A TOML file of grades and assessor's notes, kept from year to year."
    )


class RetentionSettings(Section):
    """What is forgotten by itself: so many days after a contact was closed; 0 keeps it. Counts and times stay."""

    mail_raw_days: int = _days("Mail: each mail as it came in, counted from when it did.")
    mail_identity_days: int = _days("Mail: who wrote, their name and addresses.")
    mail_text_days: int = _days("Mail: what was written, both ways, with subject, files and notes.")
    sms_identity_days: int = _days("Open text lines: who wrote. The carrier is asked to delete its copies, too.")
    sms_text_days: int = _days("Open text lines: what was written, with files and notes.")
    chat_identity_days: int = _days("Chats: who wrote.")
    chat_text_days: int = _days("Chats: what was written, with notes.")
    desk_text_days: int = _days("Contacts by phone and at the desk: what staff noted of them.")
    sealed_text_days: int = _days("Sealed lines: what was written; who wrote is forgotten after reply_days.")


class Settings(Section):
    """All settings of one library."""

    library: LibrarySettings = LibrarySettings()
    store: StoreSettings = StoreSettings()
    web: WebSettings = WebSettings()
    api: ApiSettings = ApiSettings()
    oidc: OidcSettings = OidcSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()
    lines: dict[str, LineSettings] = Field(default_factory=dict)
    sms: SmsSettings = SmsSettings()
    smpp: SmppSettings = SmppSettings()
    mail: MailSettings = MailSettings()
    chat: ChatSettings = ChatSettings()
    noise: NoiseSettings = NoiseSettings()
    escalation: EscalationSettings = EscalationSettings()
    hooks: HookSettings = HookSettings()
    probe: ProbeSettings = ProbeSettings()
    desk: DeskSettings = DeskSettings()
    contacts: ContactSettings = ContactSettings()
    report: ReportSettings = ReportSettings()
    retention: RetentionSettings = RetentionSettings()
    calendars: Path | None = Field(None, description="A TOML file of calendars; none: always open.")
    standards: Path | None = Field(None, description="A TOML file of standards; none: the presets.")
    texts: Path | None = Field(None, description="A TOML file of automatic texts; none: the program's own wording.")
    zones: Path | None = Field(None, description="A TOML file of zones; none: no place is read from texts.")

    def lines_of(self, channel: Channel) -> dict[str, LineSettings]:
        """The lines of one channel, by their name."""
        return {name: line for name, line in self.lines.items() if line.channel is channel}
