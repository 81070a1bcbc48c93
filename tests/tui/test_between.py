"""What came in between is shown before a reply goes; and a colleague who has the ticket is named before one writes."""

from __future__ import annotations

import pytest

from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.tui.doing import ticket
from tests.tui.house import ANA, BEN, House
from tests.tui.rows import EYE
from tests.tui.seat import Seat, seat
from tui.between import between, between_words, since_words


async def answers(library: House) -> list[str]:
    """What went out on the first ticket."""
    [row] = (await library.desk.search(ANA, "level"))[:1]
    thread = await library.desk.thread(ANA, row.row.id)
    return [entry.text for entry in thread.entries if entry.kind is EntryKind.OUT]


async def writes(desk: Seat, text: str) -> None:
    """Ana writes a reply, and has not sent it."""
    await desk.press("r")
    await desk.sees("held for you")
    await desk.writes(text)


@pytest.mark.parametrize(
    ("keys", "sent", "open_still"),
    [(("enter",), [], True), (("escape",), [], True), (("down", "enter"), ["On our way."], False),
     (("down", "down", "enter"), [], False)],
    ids=["look first", "esc", "send", "keep"],
)  # fmt: skip
async def test_a_reply_waits_for_a_look_at_what_came_in(
    library: House, keys: tuple[str, ...], sent: list[str], open_still: bool
) -> None:
    """The patron wrote again, a colleague noted something: the first choice is to look, and nothing is lost by any."""
    noise = await library.texts("loud on level 3")
    async with seat(library, size=(100, 30)) as desk:
        await writes(desk, "On our way.")
        await library.texts("it is quiet now, thank you")
        await library.desk.note(BEN, noise, "I was there.", key="b")
        await desk.sees("Since you began: 2 messages of others.")
        await desk.press("ctrl+s")
        await desk.sees("Not sent yet: ticket 1", "wrote: it is quiet now", "Ben Adeyemi noted: I was there.")
        assert await answers(library) == []
        await desk.press(*keys)
        await desk.until(lambda: desk.app.screen is desk.ticket and not desk.ticket._sending)
        assert await answers(library) == sent
        assert (desk.ticket.composer.text == "On our way.") is open_still
        assert bool(desk.ticket.sitting.drafts.count) is not bool(sent)


async def test_after_a_look_it_goes_without_another_question(library: House) -> None:
    """Nothing more came in."""
    await library.texts("loud on level 3")
    async with seat(library) as desk:
        await writes(desk, "On our way.")
        await library.texts("still loud")
        await desk.sees("Since you began: 1 message of others.")
        await desk.press("ctrl+s")
        await desk.sees("Look first")
        await desk.press("enter")
        await desk.until(lambda: "Since you began" not in desk.screen)
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.ticket.composer.text == "")
    assert await answers(library) == ["On our way."]


async def test_ones_own_doings_ask_nothing(library: House) -> None:
    """A note of one's own from elsewhere, and the carrier's receipts, are no news."""
    noise = await library.texts("loud on level 3")
    seen = await library.desk.thread(ANA, noise)
    await library.desk.claim(ANA, noise)
    await library.desk.note(ANA, noise, "mine", key="a")
    assert not between(seen, await library.desk.thread(ANA, noise), ANA)
    found = between(seen, await library.desk.thread(ANA, noise), BEN)
    assert "Ana took it" in between_words(found, EYE, str)
    assert since_words(found) == " Since you began: 1 message, 1 change of others. Look before you send it."


async def test_in_a_chat_the_visitor_may_go_on_writing(library: House) -> None:
    """Their lines come while one writes; a colleague's answer is news in a chat, too."""
    chat = await library.chats("Hello")
    seen = await library.desk.thread(ANA, chat)
    await library.chats("anybody there?")
    assert not between(seen, await library.desk.thread(ANA, chat), ANA)
    at = await ticket(library, chat)
    await library.desk.reply(BEN, chat, at.version, "Yes.", key="b")
    found = between(seen, await library.desk.thread(ANA, chat), ANA)
    assert [entry.text for entry in found.entries] == ["Yes."]


async def test_of_much_the_latest_is_shown(library: House) -> None:
    """And how much came before that."""
    noise = await library.texts("loud on level 3")
    seen = await library.desk.thread(ANA, noise)
    for n in range(8):
        await library.desk.note(BEN, noise, f"note {n}", key=f"n{n}")
    words = between_words(between(seen, await library.desk.thread(ANA, noise), ANA), EYE, str).splitlines()
    assert words[0] == "2 more before that."
    assert words[-1].endswith("noted: note 7")


async def test_a_colleague_who_has_it_is_named_before_one_writes(library: House) -> None:
    """Back is the first choice: nothing is written and nobody's claim is touched."""
    noise = await library.texts("loud on level 3")
    await library.desk.claim(BEN, noise)
    async with seat(library) as desk:
        await desk.press("enter", "r")
        await desk.sees("Ben Adeyemi has ticket 1, 10 min more.", "the patron gets two answers")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.ticket)
        assert "Reply to" not in desk.screen
        await desk.press("r")
        await desk.sees("Ben Adeyemi has ticket 1")
        await desk.press("down", "enter")
        await desk.sees("Note, for colleagues only")
        await desk.press("escape", "r")
        await desk.sees("Reply to")
        await desk.writes("I go with you.")
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.ticket.composer.text == "")
    assert (await ticket(library, noise)).state is State.OPEN
    assert await answers(library) == ["I go with you."]


async def test_from_the_list_it_is_asked_too(library: House) -> None:
    """Letters that were typed before the question came are kept as a draft."""
    noise = await library.texts("loud on level 3")
    await library.desk.assign(BEN, noise, 1, BEN)
    async with seat(library) as desk:
        await desk.press("3", "r")
        await desk.sees("Ben Adeyemi has ticket 1.")
        await desk.press("down", "down", "enter")
        await desk.sees("Reply to")
        await desk.writes("Ben is on the way.")
        assert desk.ticket.composer.text == "Ben is on the way."


async def test_a_draft_that_was_sent_at_another_desk_is_another_message_here(library: House) -> None:
    """One member at two desks, each with the same draft: the second is told, decides, and nothing is sent twice."""
    noise = await library.texts("loud on level 3")
    async with seat(library) as desk:
        await desk.press("r")
        await desk.sees("Reply to")
        await desk.writes("Somebody is on the way, they say.")
        [draft] = desk.ticket.sitting.drafts.of(ANA, noise)
        held = await ticket(library, noise)
        await library.desk.reply(ANA, noise, held.version, "Somebody is on the way.", key=draft.key)
        await desk.press("ctrl+s")
        await desk.sees("Not sent yet", "You sent another message from this draft already")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.ticket)
        assert await answers(library) == ["Somebody is on the way."]
        await desk.press("ctrl+s")
        await desk.until(lambda: desk.ticket.composer.text == "")
    assert await answers(library) == ["Somebody is on the way.", "Somebody is on the way, they say."]
