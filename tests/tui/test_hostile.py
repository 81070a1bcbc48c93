"""Hostile text everywhere at the desk: shown, harmless, columns straight. The samples are in :mod:`tests.hostile`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from helpdesk.macros import Macro
from helpdesk.message import StaffId, TicketId
from helpdesk.ports.company import Near
from tests.hostile import HOSTILE, NAMES, Hostile, harmless
from tests.line.listener import listening
from tests.tui.house import ANA, BEN, House, house
from tests.tui.seat import Seat, seat
from tui.canned import quoted
from tui.company import company_lines
from tui.files import LONGEST, clean_name, saved
from tui.plain import fit, one_line, width
from tui.signals import called
from tui.words import Line

IDS = [each.what for each in HOSTILE]
CELLS = 80


@pytest.fixture
async def library() -> AsyncIterator[House]:
    """A library with an open store."""
    async with house() as opened:
        yield opened


def _lines(lines: Sequence[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


async def _chat(library: House) -> None:
    """One visitor writes every sample, one after the other."""
    for each in HOSTILE:
        await library.chats(each.text, name=each.text[:80])


async def _mails(library: House) -> None:
    """Each sample comes as a subject, as a name and as a file's."""
    for n, each in enumerate(HOSTILE):
        files = ((f"{each.word} {each.rest[:60]}.pdf", b"pdf"),)
        subject, name = each.text.replace("\n", " ")[:900], each.text[:200]
        await library.mails(subject, each.text, who=f"m{n}@example.org", name=name, files=files)


# Whatever shows it goes through these


@pytest.mark.parametrize("sample", HOSTILE, ids=IDS)
def test_a_column_is_as_wide_as_terminals_draw_it(sample: Hostile) -> None:
    """By the widths that terminals go by, and not by ours alone."""
    for cells in (12, 40, 79):
        harmless(fit(one_line(sample.text), cells), cells=cells)
        assert width(fit(one_line(sample.text), cells)) == cells


def test_what_terminals_draw_in_different_widths_is_drawn_as_all_agree_on() -> None:
    """A flag is its letters, a family its people, and no emoji has a skin."""
    assert one_line("\U0001f1ec\U0001f1e7") == "GB"
    assert one_line("\U0001f468\u200d\U0001f467") == "\U0001f468\U0001f467"
    assert one_line("\U0001f44d\U0001f3fd") == "\U0001f44d"
    assert one_line("1\ufe0f\u20e3") == "1\u20e3"


# On screens


async def test_a_thread_with_its_history(library: House) -> None:
    """Every message, and all that happened."""
    await _chat(library)
    async with seat(library) as desk:
        await desk.press("enter", "h")
        await desk.rests()
        text = harmless(_lines(desk.ticket.view.lines), cells=CELLS)
        harmless(desk.screen, cells=CELLS)
    assert [each.word for each in HOSTILE if each.word not in text] == []


async def test_the_head_of_a_ticket_its_files_and_who_wrote_it(library: House) -> None:
    """Subject, name and files of every sample, one ticket after the other."""
    await _mails(library)
    async with seat(library) as desk:
        await desk.press("enter")
        for _ in HOSTILE:
            await desk.rests()
            text = harmless(desk.screen, cells=CELLS) + harmless(_lines(desk.ticket.view.lines), cells=CELLS)
            [word] = [each.word for each in HOSTILE if f"  {each.word}" in text.split("\n")[2]]
            assert f"{word}" in text
            await desk.press("n")


async def test_what_is_found(library: House) -> None:
    """Heads and the words around the match."""
    await _mails(library)
    async with seat(library) as desk:
        for each in HOSTILE[:: len(HOSTILE) // 5]:
            await desk.press("f3", *each.word)
            await desk.sees("message found")
            assert each.word in harmless(desk.screen, cells=CELLS)
            await desk.press("escape")


async def test_notes(library: House) -> None:
    """Of a colleague who pastes anything."""
    on = await library.mails("Renewal", "May I?")
    for each in HOSTILE:
        await library.desk.note(BEN, on, each.text)
    async with seat(library) as desk:
        await desk.press("enter")
        await desk.rests()
        text = harmless(_lines(desk.ticket.view.lines), cells=CELLS)
    assert [each.word for each in HOSTILE if each.word not in text] == []


async def test_a_quote_in_the_composer(library: House) -> None:
    """Quoted by a key, it is in the text that goes out, too."""
    for each in HOSTILE:
        await library.chats(each.text, who=each.word, name=each.word)
        found = await library.desk.search(ANA, each.word)
        thread = await library.desk.thread(ANA, found[0].row.id)
        assert harmless(quoted(thread.entries)).startswith(f"> {each.word}")
    async with seat(library) as desk:
        await desk.press("enter", "r", "f6")
        await desk.sees("> alpha")
        await _composed(desk)


async def _composed(desk: Seat) -> None:
    await desk.rests()
    harmless(desk.screen, cells=CELLS)
    harmless(desk.ticket.composer.text)


@pytest.mark.parametrize("sample", HOSTILE, ids=IDS)
def test_who_else_is_here(sample: Hostile) -> None:
    """A colleague with such a name."""
    near = Near(staff=StaffId("ben"), ticket=TicketId("T1"), doing="writes")
    text = _lines(company_lines([near], lambda _: sample.text, CELLS))
    assert sample.word in harmless(text, cells=CELLS)


async def test_macros(library: House) -> None:
    """Names and texts that somebody shares, in the list and put in; braces that are no blank don't come so far."""
    await library.mails("Renewal", "May I?")
    for each in HOSTILE:
        macro = Macro(name=one_line(each.text)[:40], text=each.text[:900].translate({ord("{"): "(", ord("}"): ")"}))
        await library.desk.macros.share(ANA, macro.name, macro.text)
    async with seat(library) as desk:
        await desk.press("m")
        await desk.sees("alpha")
        harmless(desk.screen, cells=CELLS)


# Beyond the screen


@pytest.mark.parametrize("way", ["osc9", "osc777", "osc99"])
@pytest.mark.parametrize("sample", HOSTILE, ids=IDS)
def test_notices_of_the_terminal(sample: Hostile, way: str) -> None:
    """What is said stands in one sequence: nothing in it ends that, or begins another."""
    plain = called("word", way, {})
    made = called(sample.text, way, {})
    assert sample.word in made
    assert made.count("\x1b") == plain.count("\x1b")
    assert not {"\x07", "\x9c", "\x9d", "\x9b"} & set(made)
    harmless(made.replace("\x1b", ""))


@pytest.mark.parametrize("name", [*NAMES, *(each.text for each in HOSTILE)])
def test_names_of_files(name: str, tmp_path: Path) -> None:
    """Saved where somebody wanted it, under a name that no shell and no screen stumbles over."""
    made = clean_name(name)
    harmless(made)
    assert len(made.encode()) <= LONGEST
    assert not made.startswith((".", "-", "~"))
    assert not set(made) & set('/\\$`*?<>|"\n')
    assert saved(tmp_path, name, b"x").parent == tmp_path


async def test_line_mode(library: House) -> None:
    """Read out, and as JSON in ASCII."""
    await _chat(library)
    await _mails(library)
    async with listening(library) as here:
        await here.does("list")
        await here.does("open 1")
        assert [each.word for each in HOSTILE if each.word not in harmless(here.text)] == []
        await here.does("history 1")
        harmless(here.text)
        await here.does("search alpha")
        assert "alpha" in harmless(here.text)
    async with listening(library, json=True) as here:
        await here.does("open 1")
        assert here.text.isascii()
        assert "\x1b" not in here.text
