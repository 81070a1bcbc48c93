"""What makes a text dear is shown while one writes, and a key writes it with the phones' own signs."""

from __future__ import annotations

import pytest

from helpdesk.segments import lookalikes
from helpdesk.thread import EntryKind
from tests.tui.house import ANA, House
from tests.tui.seat import seat
from tui.segments import segment_words, taken_words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("We're on our way", "1 text, 16 of 160"),
        ("We’re on our way", "1 text, 16 of 70; the ’ makes it 70 a text (F4: plain)"),
        ("“So”…", "1 text, 5 of 70; the “ ” … make it 70 a text (F4: plain)"),
        ("“So”… – 🙏", "1 text, 10 of 70; the “ ” … and 2 others make it 70 a text (F4: plain)"),
        ("Мы идём", "1 text, 7 of 70; the М ы и and 3 others make it 70 a text"),
    ],
)
def test_the_key_is_named_where_it_helps(words: str, said: str) -> None:
    """Not where nothing is like any of them."""
    assert segment_words(words, "F4")[0] == said


def test_no_key_is_named_where_there_is_none() -> None:
    """The settings can take it away."""
    assert segment_words("We’re", "")[0] == "1 text, 5 of 70; the ’ makes it 70 a text"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("all plain", ""),
        ("We’re here – now", "’ is ' now, – is - now."),
        ("Thanks 🙏", "🙏 left out."),
        ("level\u00a03", "an invisible sign is a space now."),
        ("“a” – b… 🙏", '“ is " now, ” is " now, – is - now, and 2 others.'),
        ("it’s ж", "’ is ' now. Nothing is like ж."),
        ("ж", "Nothing in the phones' own alphabet is like ж."),
    ],
)
def test_what_was_done_is_told(words: str, said: str) -> None:
    """What stands for what, what was left out, and what stays as it is."""
    assert taken_words(lookalikes(words)) == said


@pytest.mark.parametrize("key", ["f4", "alt+g"])
async def test_one_key_writes_it_plainly(library: House, key: str) -> None:
    """The curly quote and the dash of a phrase that was pasted: the text has 160 characters again."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("1 text, 0 of 160")
        await desk.writes("We’re on our way – soon")
        await desk.sees("the ’ – make it 70 a text (F4: plain)")
        await desk.press(key)
        await desk.sees("We're on our way - soon", "1 text, 23 of 160")
        await desk.told("’ is ' now, – is - now. ctrl+z takes it back.")
        await desk.press("ctrl+s")
        await desk.told("your answer is in the outbox")
    replies = [entry for entry in (await library.desk.thread(ANA, noise)).entries if entry.kind is EntryKind.OUT]
    assert [entry.text for entry in replies] == ["We're on our way - soon"]


async def test_the_cursor_stays_among_the_words_and_undo_takes_it_back(library: House) -> None:
    """An ellipsis before the cursor becomes three dots; writing goes on where it was."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("1 text, 0 of 160")
        await desk.writes("Well… we’re here")
        area = desk.ticket.composer.area
        area.move_cursor((0, 5))
        await desk.press("f4")
        await desk.sees("Well... we're here")
        assert area.cursor_location == (0, 7)
        await desk.press("ctrl+z")
        await desk.sees("Well… we’re here")


async def test_a_plain_text_has_nothing_to_mend(library: House) -> None:
    """The key says so, and changes nothing."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("1 text, 0 of 160")
        await desk.writes("On our way.")
        await desk.press("f4")
        await desk.told("phones' own alphabet already")
        assert desk.ticket.composer.text == "On our way."


async def test_a_note_and_a_mail_may_hold_any_character(library: House) -> None:
    """There the key is not offered, and says why."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("i")
        await desk.sees("for colleagues only")
        await desk.writes("They’re regulars")
        assert "F4" not in desk.screen
        await desk.press("f4")
        await desk.told("may hold any character")
        assert desk.ticket.composer.text == "They’re regulars"


async def test_the_keys_of_a_text_area_work_while_one_writes(library: House) -> None:
    """Backspace, arrows, selecting and undo are the text area's; what the table says goes before them."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("1 text, 0 of 160")
        area = desk.ticket.composer.area
        await desk.press("a", "b", "c", "backspace")
        await desk.until(lambda: area.text == "ab")
        await desk.press("left", "x", "home", "y")
        await desk.until(lambda: area.text == "yaxb")
        await desk.press("ctrl+t")
        await desk.sees("waits for the patron")
        await desk.press("ctrl+z")
        await desk.until(lambda: area.text == "axb")
