"""`helpdesk hours ...` and `helpdesk standards ...`: what they print, what they leave behind, their exit status."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.cli import run
from helpdesk.settings.starter import Choices, start

Say = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `helpdesk init` writes, and nothing in the environment."""
    start(tmp_path, Choices(noiseline="+447700900123"))
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("HELPDESK_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def say(folder: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command; what it printed. The status must be the one expected, and nothing may go astray."""

    def said(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        left = run(list(arguments))
        printed = capsys.readouterr()
        assert left == status, printed.out + printed.err
        assert "Traceback" not in printed.err
        return printed.out + printed.err

    return said


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose calendars and standards are in force as `init` wrote them: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("ready")
    start(folder, Choices(noiseline="+447700900123"))
    for group in ("hours", "standards"):
        assert run([group, "publish", "--config", str(folder / "helpdesk.toml")]) == 0
    return folder


@pytest.fixture
def published(folder: Path, ready: Path) -> None:
    """Calendars and standards as `init` wrote them, in force."""
    shutil.copytree(ready, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.lock", "*.sock"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# Publishing


def test_publishing_shows_what_differs_first(folder: Path, say: Say, published: None) -> None:
    """The differences in words, then what was published; a second time there is nothing to do."""
    edit(folder / "calendars.toml", 'mon-thu = "09:00-19:00"', 'mon-thu = "09:00-17:00"')
    assert say("hours", "publish").splitlines() == [
        "calendar staffed: Mon-Thu 09:00-19:00 -> 09:00-17:00",
        "published calendar staffed",
    ]
    assert say("hours", "publish") == "Nothing differs from what is published.\n"
    edit(folder / "standards.toml", 'limit = "15 working min"', 'limit = "10 working min"')
    assert say("standards", "publish").splitlines() == [
        "standard noise-texts: limit 15 working min -> 10 working min",
        "published standard noise-texts",
    ]


def test_one_kind_at_a_time(folder: Path, say: Say, published: None) -> None:
    """`hours publish` leaves the standards as they are, and the other way round."""
    edit(folder / "calendars.toml", 'fri = "09:00-17:00"', 'fri = "09:00-16:00"')
    edit(folder / "standards.toml", 'limit = "60 s"', 'limit = "90 s"')
    assert "standard" not in say("hours", "publish")
    assert "chat-claimed: limit 60 s -> 90 s" in say("standards", "publish")


def test_standards_need_their_calendars(say: Say) -> None:
    """Refused, with the command that comes first."""
    assert "run `helpdesk hours publish` first" in say("standards", "publish", status=1)


def test_at_a_terminal_it_asks_first(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """No is no; --yes asks nothing."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda _: False)
    assert "Nothing was published." in say("hours", "publish", status=1)
    assert "published calendar staffed" in say("hours", "publish", "--yes")


def test_restating_the_past(folder: Path, say: Say, published: None) -> None:
    """Only with a reason, and only for days that are past; the calendar says that it was."""
    edit(folder / "calendars.toml", 'mon-thu = "09:00-19:00"', 'mon-thu = "08:00-19:00"')
    assert "--why" in say("hours", "publish", "--restate-from", "2026-01-05", status=1)
    said = say("hours", "publish", "--restate-from", "2026-01-05", "--why", "The hours were wrong from January")
    assert "All contacts since 2026-01-05 are counted anew" in said
    assert said.endswith("published calendar staffed\nTickets counted anew: 0.\n")
    assert "counts from Mon 5 Jan 2026 00:00 (restated)" in say("hours", "show", "staffed", "--month", "2026-02")
    assert "is not past" in say("hours", "publish", "--restate-from", "2099-01-01", "--why", "x", status=1)
    assert "1990 or later" in say("hours", "publish", "--restate-from", "1926-01-01", "--why", "x", status=1)
    assert "unbroken" in say("db", "check")


def test_counting_far_years_anew_leaves_nothing_to_publish(say: Say, published: None) -> None:
    """A version that knows earlier years than the file's is as good as published."""
    say("hours", "publish", "--restate-from", "2020-03-02", "--why", "The old counter's figures came in")
    assert "published as they stand" in say("standards", "check")
    assert say("hours", "publish", "--yes") == "Nothing differs from what is published.\n"


def test_what_was_taken_out_of_the_file_goes_on(folder: Path, say: Say, published: None) -> None:
    """Publishing says so, and how to end it."""
    text = (folder / "standards.toml").read_text()
    begin, end = text.index("[standards.chat-claimed]"), text.index("[standards.noise-texts]")
    (folder / "standards.toml").write_text(text[:begin] + text[end:])
    assert say("standards", "publish", "--yes") == (
        "standard chat-claimed is in force and no longer in the file: to end it, write it again with `until`\n"
        "Nothing differs from what is published.\n"
    )


def test_nothing_is_published_from_a_bad_file(folder: Path, say: Say) -> None:
    """File, line, key, remedy."""
    edit(folder / "calendars.toml", 'zone = "Europe/London"', 'zone = "Europe/Londn"')
    said = say("hours", "publish", status=2)
    assert re.search(r"calendars\.toml:\d+: calendars\.staffed\.zone: .* did you mean 'Europe/London'\?", said)
    assert not (folder / "helpdesk.sqlite").exists()


def test_there_is_no_plain_publish_of_the_rulebook(say: Say) -> None:
    """What `helpdesk publish` does, if anything, it does not do to calendars."""
    assert "hours" in say("--help")
    assert "standards" in say("--help")


# Asking


def test_a_month_to_check(say: Say, published: None) -> None:
    """With the version that it was printed from, and the closure's reason."""
    said = say("hours", "show", "staffed", "--month", "2026-12")
    assert re.match(r"staffed \(Europe/London\), version [0-9a-f]{8}, published ", said)
    assert "    Thu 24 Dec  closed                         -  Winter closure" in said
    assert "staffed, December 2026: 182:00 hours on 20 days" in said
    assert say("hours", "show", "staffed").count("week ") >= 4


def test_the_file_can_be_asked_before_it_is_published(folder: Path, say: Say) -> None:
    """With --draft; without it nothing is there yet, and is not made by asking."""
    assert "Ask the file with --draft" in say("hours", "show", "staffed", status=1)
    assert "as its file has it now" in say("hours", "show", "staffed", "--month", "2026-12", "--draft")
    assert "did you mean 'staffed'?" in say("hours", "show", "stafed", "--draft", status=1)
    assert not (folder / "helpdesk.sqlite").exists()


def test_calendars_need_no_secret_of_the_carrier(folder: Path, say: Say) -> None:
    """A manager publishes, shows and checks with settings whose tokens only the service knows."""
    assert "staffed, December 2026" in say("hours", "show", "staffed", "--month", "2026-12", "--draft")
    assert "published calendar staffed" in say("hours", "publish", "--yes")
    assert "standard chat-claimed: new" in say("standards", "check")
    assert "unbroken" in say("db", "check")


def test_due_with_its_working(say: Say, published: None) -> None:
    """A length, working days by either definition, the same day."""
    said = say("hours", "due", "staffed", "2026-12-23 18:50", "15 working min", "--draft").splitlines()
    assert said[1:] == [
        " counted  Wed 23 Dec  18:50-19:00             10 min",
        " skipped  until Mon 4 Jan 2027 09:00          Winter closure, 11 days",
        " counted  Mon  4 Jan  09:00-09:05             5 min",
        "due Mon 4 Jan 2027 09:05",
    ]
    assert say("hours", "due", "staffed", "2026-12-01 10:00", "3 working days").endswith("due Fri 4 Dec 2026 17:00\n")
    same = say("hours", "due", "staffed", "2026-12-01 10:00", "3 working days", "--same-time")
    assert same.endswith("due Fri 4 Dec 2026 10:00\n")
    assert say("hours", "due", "staffed", "2026-12-01 10:00", "same day if before 16:00").endswith(
        "due Tue 1 Dec 2026 19:00\n"
    )
    assert say("hours", "due", "staffed", "2026-12-01 10:00", "900").endswith("due Tue 1 Dec 2026 10:15\n")


def test_spent_before_and_open(say: Say, published: None) -> None:
    """One question each."""
    assert say("hours", "spent", "staffed", "2026-12-01", "2026-12-02").endswith("spent 10 h\n")
    assert say("hours", "before", "staffed", "2026-12-01 09:05", "15 min").endswith("from Mon 30 Nov 2026 18:50\n")
    assert say("hours", "open", "staffed", "2026-12-24 10:00").endswith("closed until Mon 4 Jan 2027 09:00\n")
    assert "until" in say("hours", "open", "staffed")


def test_a_doubtful_time_is_said(say: Say, published: None) -> None:
    """How it was understood."""
    said = say("hours", "due", "staffed", "2026-10-25 01:30", "5 min")
    assert "    note  2026-10-25 01:30 comes twice: the first is meant, 00:30 UTC" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["due", "staffed", "soon", "5 min"], "write a time as 2026-11-02 09:30"),
        (["due", "staffed", "2026-12-01", "soon"], "write a limit as"),
        (["due", "staffed", "2026-12-01", "as promised"], "asks nothing of opening hours"),
        (["before", "staffed", "2026-12-01", "3 working days"], "is no length of time"),
        (["spent", "stafed", "2026-12-01", "2026-12-02"], "did you mean 'staffed'?"),
        (["spent", "staffed", "2026-12-01", "2056-12-02"], "publish it again"),
        (["open", "staffed", "1999-12-01 10:00"], "publish it again"),
    ],
)
def test_what_cannot_be_answered(say: Say, published: None, arguments: list[str], told: str) -> None:
    """Says what to do, with status 1."""
    assert told in say("hours", *arguments, status=1)


# Importing


def test_import(folder: Path, say: Say) -> None:
    """To the terminal or into a new file, never over one; a bad line writes nothing."""
    (folder / "h.csv").write_text("venue,day,open,close\nMain,Mon-Fri,9am,5pm\n")
    assert 'mon-fri = "09:00-17:00"' in say("hours", "import", "h.csv")
    assert say("hours", "import", "h.csv", "--out", "new.toml") == "wrote new.toml\n"
    assert "is kept" in say("hours", "import", "h.csv", "--out", "new.toml", status=1)
    (folder / "h.csv").write_text("venue,day,open,close\nMain,Mon-Fri,9am,5pm\nMain,Sat,9,5\n")
    assert "h.csv:3: '9' may be morning or evening" in say("hours", "import", "h.csv", "--out", "bad.toml", status=2)
    assert not (folder / "bad.toml").exists()


def test_what_was_imported_can_be_published(folder: Path, say: Say) -> None:
    """Taken into calendars.toml as it is."""
    (folder / "h.csv").write_text("venue,day,open,close\nMain,Mon-Fri,9am,5pm\nMain,Mon,6pm,2am\n")
    say("hours", "import", "h.csv", "--out", "hours.toml")
    (folder / "calendars.toml").write_text(
        (folder / "calendars.toml").read_text() + (folder / "hours.toml").read_text()
    )
    assert "published calendar main" in say("hours", "publish")
    assert "Tue 8 Dec 2026 02:00" in say("hours", "open", "main", "2026-12-07 20:00")


# Standards


def test_the_promises_in_force(say: Say, published: None) -> None:
    """Wording, limit, share, whom they cover, version; one of them or all."""
    said = say("standards", "show", "noise-texts")
    for part in ("noise-texts", "limit 15 working min", "share 90 %", "covers kinds: noise", "holds since", "version "):
        assert part in said
    assert "chat-claimed" not in said
    assert "chat-claimed" in say("standards", "show")
    assert "did you mean 'noise-texts'?" in say("standards", "show", "noise-text", status=1)


def test_nothing_published_yet(say: Say) -> None:
    """What to do first."""
    assert "Run `helpdesk standards publish`" in say("standards", "show", status=1)


def test_the_history_of_a_promise(folder: Path, say: Say, published: None) -> None:
    """Every version, by whom, and what changed; a retired one keeps its history."""
    edit(folder / "standards.toml", "share = 90", "share = 85")
    say("standards", "publish")
    edit(folder / "standards.toml", "share = 85", "share = 85\nuntil = 2026-10-31")
    say("standards", "publish")
    lines = say("standards", "history", "noise-texts").splitlines()
    headings = [line for line in lines if line.startswith("published ")]
    assert len(headings) == 3
    assert all(re.search(r" by \S+, holds from .*, version [0-9a-f]{8}$", line) for line in headings)
    assert lines[-3] == "  share 90 % -> 85 %"
    assert lines[-1] == "  until none -> 2026-10-31"
    assert "noise-texts is not in force now" in say("standards", "show", "noise-texts")


def test_a_wording_turns_no_terminal(folder: Path, say: Say, published: None) -> None:
    """A sign that turns the reading direction, in a title that somebody pasted, is left out wherever it is shown."""
    edit(folder / "standards.toml", "share = 90", 'share = 90\nowner = "\u202eana"')
    said = say("standards", "publish") + say("standards", "show") + say("standards", "history", "noise-texts")
    assert "owner" in said
    assert "\u202e" not in said


def test_checking_standards_alone(folder: Path, say: Say, published: None) -> None:
    """As `helpdesk check` says it, and nothing else."""
    assert "published as they stand" in say("standards", "check")
    edit(folder / "standards.toml", 'limit = "60 s"', 'limit = "60 parsecs"')
    assert "standards.chat-claimed.limit" in say("standards", "check", status=1)


def test_suspending_and_resuming(say: Say, published: None) -> None:
    """Both days are included; the number that `show` gives lifts it again."""
    days = ("--from", "2026-05-03", "--to", "2026-05-14")
    said = say("standards", "suspend", "noise-texts", *days, "--why", "strike")
    assert said == "Standard noise-texts is suspended: 3-14 May 2026, first and last day included.\n"
    shown = say("standards", "show", "noise-texts")
    found = re.search(r"suspended 3-14 May 2026: strike \(by .*; number (\d+)\)", shown)
    assert found
    assert "lifted" in say("standards", "resume", found[1])
    assert "suspended" not in say("standards", "show", "noise-texts")
    assert "No suspension 9999" in say("standards", "resume", "9999", status=1)


def test_suspending_all(say: Say, published: None) -> None:
    """A strike is everybody's; one or all, never neither."""
    days = ("--from", "2026-05-03", "--to", "2026-05-03", "--why", "strike")
    assert "Every standard is suspended: 3 May 2026" in say("standards", "suspend", "--all", *days)
    assert say("standards", "show").count("suspended 3 May 2026: strike") == 3
    assert "write --all" in say("standards", "suspend", *days, status=1)
    assert "write --all" in say("standards", "suspend", "noise-texts", "--all", *days, status=1)
    backwards = ("--from", "2026-05-03", "--to", "2026-05-01", "--why", "x")
    assert "Swap them" in say("standards", "suspend", "--all", *backwards, status=1)


def test_explaining_a_dip(say: Say, published: None) -> None:
    """For the public; a month to come has none."""
    words = ("--why", "Two of us were ill", "--action", "A third is trained")
    assert "noise-texts, 2026-01" in say("standards", "explain", "noise-texts", "--month", "2026-01", *words)
    assert "still to come" in say("standards", "explain", "noise-texts", "--month", "2099-01", *words, status=1)
