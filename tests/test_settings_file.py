"""The settings file: where it is found, what stands above it, and what is said of a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.config import LineSettings, Settings
from helpdesk.errors import BadConfig
from helpdesk.message import Channel
from helpdesk.settings import file as settings_file
from helpdesk.settings.file import load
from helpdesk.settings.rules import endpoint, loopback

Write = Callable[[str], Path]

NOISE = '[lines.noise]\nchannel = "sms"\ntitle = "Noiseline"\npolicy = "sealed"\naddress = "+447700900100"\n'
HELP = '[lines.help]\nchannel = "mail"\ntitle = "Enquiries"\naddress = "help@library.example"\n'
CHAT = '[lines.chat]\nchannel = "chat"\ntitle = "Chat"\naddress = "chat"\n'
CARRIER = '[sms]\naccount = "AC1"\ntokens = ["a-secret-token"]\n'


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine, and a home and a folder that hold nothing."""
    import os

    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a settings file and get its path."""

    def written(text: str) -> Path:
        file = tmp_path / "helpdesk.toml"
        file.write_text(text, "utf-8")
        return file

    return written


def refused(file: Path) -> list[str]:
    """The lines of the error that loading ``file`` raises."""
    with pytest.raises(BadConfig) as caught:
        load(file)
    return str(caught.value).splitlines()


def test_an_empty_file_is_enough(write: Write) -> None:
    """Every setting has a default, and no line is configured."""
    settings = load(write(""))
    assert settings.library == Settings().library
    assert settings.lines == {}


def test_reads_lines_and_sections(write: Write) -> None:
    """What the file says is what the settings hold."""
    settings = load(write('[library]\nname = "Marsh Library"\n' + NOISE + HELP + CARRIER))
    assert settings.library.name == "Marsh Library"
    assert settings.lines["noise"].policy == "sealed"
    assert list(settings.lines_of(Channel.MAIL)) == ["help"]


def test_relative_paths_start_at_the_file(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not matter from where the command is run."""
    file = write('calendars = "hours.toml"\n[store]\npath = "data/desk.sqlite"\n[mail]\nlisten = "./mail.sock"\n')
    monkeypatch.chdir("/")
    settings = load(file)
    assert settings.store.path == tmp_path / "data" / "desk.sqlite"
    assert settings.store.socket_path == tmp_path / "data" / "desk.sock"
    assert settings.calendars == tmp_path / "hours.toml"
    assert settings.mail.listen == str(tmp_path / "mail.sock")


def test_the_default_store_lies_beside_the_file(write: Write, tmp_path: Path) -> None:
    """A path that nobody set is the file's neighbour too."""
    assert load(write("")).store.path == tmp_path / "helpdesk.sqlite"


def test_is_looked_for_in_order(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--config, then the variable, then the folder, then the home."""
    at_home = tmp_path / "home" / ".config" / "helpdesk" / "helpdesk.toml"
    at_home.parent.mkdir(parents=True)
    at_home.write_text("")
    assert settings_file.find() == at_home
    here = write("")
    assert settings_file.find() == here
    by_variable = tmp_path / "other.toml"
    by_variable.write_text("")
    monkeypatch.setenv("HELPDESK_CONFIG", str(by_variable))
    assert settings_file.find() == by_variable
    assert settings_file.find(here) == here


def test_no_file_says_where_it_looked() -> None:
    """The error names both places and the command that writes a file."""
    with pytest.raises(BadConfig, match=r"helpdesk\.toml or .*/\.config/helpdesk/helpdesk\.toml.*helpdesk init"):
        load()


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    """A wrong --config never falls back to another file."""
    with pytest.raises(BadConfig, match=r"other\.toml: there is no such file"):
        load(tmp_path / "other.toml")


def test_an_unknown_key_names_file_line_and_nearest(write: Write) -> None:
    """The whole complaint on one line."""
    file = write('[library]\nname = "Marsh"\n\n[web]\nprot = 80\n')
    assert refused(file) == [f"{file}:5: web.prot: is not a known key; did you mean 'port'?"]


def test_all_that_is_wrong_is_told_at_once(write: Write) -> None:
    """In the order of the file, a line each."""
    file = write("[web]\nport = 99999\n[mail]\nprotocol = 'pop'\nmax_bytes = 1\n[desk]\nlock_minute = 1\n")
    said = refused(file)
    assert [line.split(": ")[0] for line in said] == [f"{file}:{number}" for number in (2, 4, 5, 7)]
    assert "web.port: should be less than or equal to 65535, not 99999" in said[0]
    assert "'smtp' or 'lmtp'" in said[1]
    assert said[3].endswith("desk.lock_minute: is not a known key; did you mean 'lock_minutes'?")


def test_a_missing_key_points_at_its_table(write: Write) -> None:
    """There is no line to point at but the table's."""
    file = write('\n\n[lines.noise]\nchannel = "sms"\naddress = "+447700900100"\n' + CARRIER)
    assert refused(file) == [f"{file}:3: lines.noise.title: is missing; add it. What staff call it."]


def test_broken_toml_names_its_line(write: Write) -> None:
    """A syntax error says where."""
    file = write('[library]\nname = "Marsh\n')
    assert refused(file)[0].startswith(f"{file}:2: this is not TOML: ")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file in another encoding is told, not guessed."""
    file = tmp_path / "helpdesk.toml"
    file.write_bytes(b'[library]\nname = "\xe9"\n')
    assert refused(file) == [f"{file}: is not UTF-8 (byte 18). Save it as UTF-8."]


def test_a_key_in_a_long_string_is_not_a_key(write: Write) -> None:
    """Lines are counted past text that looks like settings."""
    file = write('[lines.chat]\ntitle = "Chat"\ngreeting = """\nadress = 1\n"""\nadress = "x"\nchannel = "chat"\n')
    assert refused(file)[1].startswith(f"{file}:6: lines.chat.adress: is not a known key; did you mean 'address'?")


def test_a_variable_stands_above_the_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets need not lie in the file; several tokens are parted by commas."""
    monkeypatch.setenv("HELPDESK_SMS__TOKENS", "new-token, old-token")
    monkeypatch.setenv("HELPDESK_MAIL__RELAY_PORT", "587")
    settings = load(write(NOISE + '[sms]\naccount = "AC1"\n'))
    assert [token.get_secret_value() for token in settings.sms.tokens] == ["new-token", "old-token"]
    assert settings.mail.relay_port == 587
    assert settings_file.overridden() == ("HELPDESK_MAIL__RELAY_PORT", "HELPDESK_SMS__TOKENS")


def test_a_file_that_an_editor_marked(write: Write) -> None:
    """Some editors begin a file with a byte order mark."""
    assert load(write("\ufeff[library]\nname = 'Marsh Library'\n")).library.name == "Marsh Library"


def test_work_on_the_store_needs_none_of_the_channels_secrets(write: Write) -> None:
    """They may be known to the service alone; what else does not agree is still told."""
    file = write(NOISE)
    assert "sms.tokens" in "".join(refused(file))
    assert load(file, channels=False).lines
    with pytest.raises(BadConfig, match=r"library\.zone"):
        load(write(NOISE + '[library]\nzone = "Mars"\n'), channels=False)


def test_a_wrong_variable_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The complaint points at the variable, and shows no value of an unknown one."""
    monkeypatch.setenv("HELPDESK_SMS__TOKNES", "a-secret-token")
    said = refused(write(""))
    assert said == ["HELPDESK_SMS__TOKNES: sms.toknes: is not a known key; did you mean 'tokens'?"]


def test_no_secret_is_shown(write: Write) -> None:
    """Neither in a repr, nor in the complaint about a token of the wrong type."""
    settings = load(write(NOISE + CARRIER + '[mail]\nrelay_password = "a-secret-word"\n'))
    assert "a-secret" not in repr(settings)
    said = refused(write('[sms]\ntokens = "a-secret-token"\n'))
    assert said[0].endswith('sms.tokens: write a list: ["one", "two"]. ' + _described("tokens"))


def _described(name: str) -> str:
    return str(type(Settings().sms).model_fields[name].description)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[library]\nzone = "Europe/Londn"\n', "library.zone"),
        (NOISE.replace("+447700900100", "07700 900100") + CARRIER, "lines.noise.address"),
        (HELP.replace("help@library.example", "Help Desk"), "lines.help.address"),
        (HELP.replace("help@", "help+desk@"), "lines.help.address"),
        (HELP.replace("mail", "phone"), "lines.help.channel"),
        (HELP + 'policy = "sealed"\n', "lines.help.policy"),
        (HELP + HELP.replace("lines.help", "lines.loans"), "lines.loans.address"),
        (HELP.replace("lines.help", "lines.Help"), "lines.Help"),
        (CHAT + "messaging_service = 'MG1'\n", "lines.chat.messaging_service"),
        (NOISE + '[sms]\ntokens = ["a"]\n', "sms.account"),
        (NOISE + '[sms]\naccount = "AC1"\n', "sms.tokens"),
        (NOISE + CARRIER + '[web]\npublic_url = "http://library.example"\n', "web.public_url"),
        (NOISE + CARRIER + 'base_url = "http://carrier.example"\n', "sms.base_url"),
        (NOISE + CARRIER + "overlap_hours = 168\n", "sms.overlap_hours"),
        ('[web]\npublic_url = "library.example"\n', "web.public_url"),
        ('[web]\ntrusted_proxies = ["proxy"]\n', "web.trusted_proxies"),
        ('[web]\ntls_certificate = "a.pem"\n', "web.tls_key"),
        ('[web]\ntls_key = "a.key"\n', "web.tls_certificate"),
        ('[web]\ntls_certificate = "a.pem"\ntls_key = "a.key"\n', "web.public_url"),
        ('[metrics]\nallow = ["localhost"]\n', "metrics.allow"),
        ('[mail]\nlisten = "8025"\n', "mail.listen"),
        ('[mail]\nlisten = "127.0.0.1:8080"\n', "mail.listen"),
        ('[mail]\nrelay_user = "desk"\n', "mail.relay_password"),
        ('[mail]\nrelay_user = "d"\nrelay_password = "p"\nrelay_host = "relay.example"\n', "mail.relay_tls"),
        ('[chat]\norigins = ["www.library.example"]\n', "chat.origins"),
        (NOISE + CHAT + CARRIER + '[chat]\nform_line = "noise"\n', "chat.form_line"),
        (f'[store]\nsocket = "/{"s" * 110}"\n', "store.socket"),
    ],
)
def test_what_settings_must_agree_on(write: Write, text: str, key: str) -> None:
    """Each rule between settings names its key, once, at its line."""
    file = write(text)
    said = refused(file)
    assert [line.split(": ")[1] for line in said] == [key]
    assert said[0].startswith(str(file))


@pytest.mark.parametrize(
    "text",
    [
        NOISE + HELP + CHAT + CARRIER + '[chat]\nform_line = "help"\norigins = ["https://www.library.example"]\n',
        NOISE + CARRIER + '[web]\npublic_url = "https://library.example/desk"\n',
        NOISE.replace("+447700900100", "") + f'messaging_service = "MG{"0" * 32}"\n' + CARRIER,
        '[web]\ntrusted_proxies = ["10.0.0.0/24", "::1"]\n[mail]\nlisten = "[::1]:8025"\n',
    ],
)
def test_what_settings_may_say(write: Write, text: str) -> None:
    """The rules let good settings pass."""
    load(write(text))


def test_hosts_and_endpoints() -> None:
    """What stays on this machine, and how a place to listen is written."""
    assert loopback("127.0.0.8")
    assert loopback("::1")
    assert loopback("localhost")
    assert not loopback("10.0.0.1")
    assert not loopback("localhost.example")
    assert endpoint("[::1]:25") == ("::1", 25)
    assert endpoint("relay:70000") is None


def test_every_setting_is_described() -> None:
    """Whoever adds a setting says what it is for."""
    sections = [
        field.annotation for field in Settings.model_fields.values() if hasattr(field.annotation, "model_fields")
    ]
    for section in [*sections, LineSettings]:
        for name, field in section.model_fields.items():  # type: ignore[union-attr]
            assert field.description, f"{section}.{name} has no description"
