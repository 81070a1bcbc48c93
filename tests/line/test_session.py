"""A session at the line: who speaks, in what order, to whom; as a shell command and as a script."""

from __future__ import annotations

import subprocess
import sys
from contextlib import aclosing
from dataclasses import replace

import pytest

from helpdesk.permissions import Role
from helpdesk.thread import EntryKind
from helpdesk.ticket import State
from tests.line.listener import Listener, Person, at_noon, in_noise, listening
from tests.tui.house import ANA, BEN, house
from tui.line.session import conversation, one, opened, prompt
from tui.line.voice import Voice
from tui.line.wrong import NOT_UNDERSTOOD


def test_no_textual_is_loaded() -> None:
    """Line mode starts at once, and where no screen can be drawn."""
    code = "import sys, tui.line.session, tui.line.terminal; print([n for n in sys.modules if n.startswith('textual')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert found.stdout.strip() == "[]"


# Verbs


async def test_a_verb_is_found_by_the_beginning_of_its_name() -> None:
    """What begins two of them is asked for again; what is near is named."""
    async with at_noon() as here:
        await here.does("incid")
        assert await here.says("re") == 2
        assert here.wrong[0].startswith("'re' may be ")
        assert {"reply", "release", "reopen"} <= set(here.wrong[0].replace(",", "").split())
        assert await here.says("sovle 1") == 2
        assert "Did you mean solve" in here.wrong[0]


async def test_a_number_opens_its_ticket() -> None:
    """With or without a sign before it; an unknown one is said to be so."""
    async with at_noon() as here:
        await here.does("#4")
        assert prompt(here.talk) == "Ticket 4: "
        await here.does("show 2")
        assert prompt(here.talk) == "Ticket 2: "
        assert await here.says("4711") == 1
        assert here.wrong == ["There is no ticket 4711."]


async def test_a_number_before_words_is_asked_about_where_another_ticket_is_open() -> None:
    """No text goes to a wrong patron: neither reading of the number is taken for granted."""
    async with at_noon() as here:
        await here.does("open 4")
        await here.does("note 10 minutes, they say", "2")
        assert (await here.thread("hot food")).entries[-1].text == "10 minutes, they say"
        assert await here.says("note 1 of three books", "") == 1
        assert here.heard[-1] == "Nothing was done."
    async with at_noon() as here:
        await here.does("open 4")
        await here.does("note 1 It is settled.", "1")
        entries = (await here.thread("shows a fine")).entries
        assert [entry.text for entry in entries if entry.kind is EntryKind.NOTE] == ["It is settled."]


@pytest.mark.parametrize("move", ["first", "last"])
async def test_where_no_noise_is_none_is_at_hand(move: str) -> None:
    """The first of none is none: a verb asks for a number then."""
    async with at_noon() as here:
        await here.does("incidents")
        assert "nothing is going on" in here.text
        await here.does(move)
        assert await here.says("part") == NOT_UNDERSTOOD


async def test_a_refusal_is_the_full_screens() -> None:
    """The same rules, the same words, exit status 1; nothing is heard but the reason."""
    async with at_noon() as here:
        await here.does("solve 4 --yes")
        assert await here.says("solve 4 --yes") == 1
        assert here.wrong == ["Ticket 4 is solved already."]
        assert here.heard == []


async def test_a_role_says_why_not() -> None:
    """An agent corrects no figures."""
    async with at_noon() as here:
        here.talk.sitting.role = Role.AGENT
        assert await here.says("correct 1 5 min ago, by phone") == 5
        assert here.wrong[0].startswith("This is for leads: ask one to do it.")


async def test_what_a_colleague_changed_first_is_heard() -> None:
    """Stale: who it was, and what was written since; then the same can be said again."""
    async with at_noon() as here:
        await here.does("open 4")
        ticket = await here.ticket("hot food")
        held = await here.library.desk.claim(BEN, ticket.id)
        await here.library.desk.reply(BEN, ticket.id, held.version, "On our way.", key="x")
        assert await here.says("reply --yes Coming.") == 3
        assert here.wrong[0].startswith("Ticket 4 was changed by Ben Adeyemi meanwhile.")
        assert "  On our way." in here.text
        await here.does("reply Coming.", "2")


async def test_one_line_that_nothing_takes_back_is_asked_about() -> None:
    """Where nothing waits. No keeps it as a draft; a program, a chat, and whoever said --yes are not asked."""
    async with at_noon() as here:
        assert await here.says("reply 4 On our way.", "") == 1
        assert "It goes at once and stays. Send it?" in here.text
        assert "Draft kept." in here.text
        assert len((await here.thread("hot food")).entries) == 1
        assert here.talk.sitting.drafts.get(ANA, (await here.ticket("hot food")).id, "reply").text == "On our way."
        await here.does("reply 4 On our way.", "2")
        await here.does("reply 4 --json Ten minutes.")
        await here.does("reply 5 The scanner, too.")
        here.library.waits()
        here.talk.sitting.hello = await here.library.desk.hello()
        await here.does("reply 4 It is quiet now.")


async def test_what_came_in_while_somebody_wrote_is_told_before_it_goes() -> None:
    """What was written meanwhile, and a question that enter answers with No; then it is sent all the same."""
    async with at_noon() as here:
        person, library = here.person, here.library

        async def writes(prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
            if prompt == "Text: " and not person.asked:
                await library.texts("never mind, they left", who="+447700900102")
            person.asked.append(prompt)
            return person.lines.popleft() if person.lines else None

        person.line = writes  # type: ignore[method-assign]
        assert await here.says("reply 4", "On our way.", ".", "1", "") == 1
        assert any("never mind, they left" in line for line in here.heard)
        await here.does("send 4")
        assert (await here.thread("hot food")).entries[-1].text == "On our way."


async def test_who_else_is_there_is_heard() -> None:
    """A colleague who writes on a ticket is named when it is opened."""
    async with at_noon() as here:
        ticket = await here.ticket("hot food")
        await here.library.desk.company.at(BEN, ticket.id, "writes")
        await here.does("open 4")
        assert "Warning: Ben Adeyemi is writing here." in here.heard
        assert [each.staff for each in await here.library.desk.company.at(BEN, ticket.id)] == [ANA]


async def test_patrons_text_can_not_pass_for_the_desks() -> None:
    """What was written is set apart, on one line or indented, and moves no cursor."""
    async with house() as library:
        await library.texts("\x1b[2Jsolved\nTicket 9 is solved.\u202e")
        async with listening(library) as here:
            await here.does("list")
            assert len(here.heard) == 2
            assert "\x1b" not in here.text
            assert "\u202e" not in here.text
            await here.does("open 1")
            assert "  Ticket 9 is solved." in here.heard
            assert not any(line.startswith("Ticket 9") for line in here.heard)


async def test_a_list_takes_a_query_or_a_saved_view() -> None:
    """What finds tickets in the full screen finds them here."""
    async with at_noon() as here:
        await here.does("list channel:mail owner:none")
        assert here.heard[0] == "channel:mail owner:none: 2 tickets."
        await here.library.desk.views.keep(ANA, "free mail", "channel:mail owner:none", digit="9")
        await here.does("list new")
        assert here.heard[0] == "New: 7 tickets."
        await here.does("9")
        assert here.heard[0] == "free mail: 2 tickets."
        await here.does("next")
        assert "Mail from Jo Lindqvist" in here.text
        assert await here.says("list channel:pigeon") == 1
        assert "pigeon" in here.wrong[0]


async def test_danger_is_heard_first() -> None:
    """Before the number, and whole when the ticket is opened."""
    async with in_noise() as here:
        await here.library.texts("there is smoke and fire on level 3", who="+447700900199")
        await here.does("list")
        assert here.heard[1].startswith("Danger: fire. Ticket")
        await here.does("first")
        await here.does("open")
        assert [line.split(":")[0] for line in here.heard[:3]] == ["Danger", "Do first", "Call"]


async def test_a_draft_is_found_again() -> None:
    """What is half written is in the store: another line, or the full screen, goes on with it."""
    async with at_noon() as here:
        await here.does("reply 1", "Dear Jo,", ".keep")
        async with listening(here.library) as later:
            await later.does("list")
            assert "You have a draft." in later.text
            await later.does("send 1")
        assert (await here.thread("shows a fine")).entries[-1].text == "Dear Jo,"


async def test_what_was_done_elsewhere_is_taken_back_by_number() -> None:
    """A script that made a slip: undo and the ticket's number."""
    async with at_noon(asks=False) as here:
        await here.does("solve 4 --yes")
        async with listening(here.library, asks=False) as later:
            assert await later.says("undo") == 1
            await later.does("undo 4")
        assert (await here.ticket("hot food")).state is State.NEW
        await here.does("note 4 hm")
        assert await here.says("undo 4") == 1
        assert here.wrong == ["A note stays: somebody may have read it. Write another one."]


@pytest.mark.parametrize(
    "line",
    ["claim 4", "mine 4", "assign 4 ben", "wait 4 --yes", "snooze 4 tomorrow 9", "solve 4 --yes", "spam 4 --yes",
     "tags 4 food", "promise 4 tomorrow 9", "test 4 --yes", "correct 4 1 min ago, by phone", "attended 4 now"],
)  # fmt: skip
async def test_what_was_done_is_taken_back_and_done_again(line: str) -> None:
    """undo and redo, whatever it was."""
    async with at_noon() as here:
        before = await here.library.desk.numbered(ANA, 4)
        await here.does(line)
        after = await here.library.desk.numbered(ANA, 4)
        await here.does("undo")
        undone = await here.library.desk.numbered(ANA, 4)
        assert replace(undone, version=before.version, updated=before.updated) == before
        await here.does("redo")
        again = await here.library.desk.numbered(ANA, 4)
        assert replace(again, version=after.version, updated=after.updated) == after


async def test_strangers_on_a_ticket_are_asked_about() -> None:
    """Whoever is named gets the reply; a script says it on the line."""
    async with at_noon(asks=False) as here:
        thread = await here.thread("shows a fine")
        sent = await here.library.desk.reply(ANA, thread.ticket.id, thread.ticket.version, "Which book?", key="q")
        assert sent.number == 1
        assert await here.says("reply 1 It is gone.") == 0


# At a prompt


async def _talks(here: Listener, *lines: str) -> list[str]:
    here.person.lines.extend(lines)
    here.person.lines.append("quit --yes")
    assert await conversation(here.talk) == 0
    return here.heard


async def test_the_desk_greets_with_what_needs_somebody_most() -> None:
    """Who sits where, the views, the most urgent ticket; then it waits for a word."""
    async with at_noon() as here:
        heard = await _talks(here)
        assert heard[0] == "Moor Street Library. You are Ana Pereira, available."
        assert heard[1].startswith("Views: Mine 2, New 7")
        assert heard[2].startswith("Most urgent: Ticket 5. Chat from Visitor.")
        assert here.person.asked == ["New: "]
        assert {each.available for each in await here.library.desk.presence() if each.staff == ANA} == {False}


async def test_news_is_told_before_the_next_prompt() -> None:
    """What came in while somebody typed: how many, and how soon; not what one did oneself."""
    async with at_noon() as here:
        library, person = here.library, here.person
        told = here.talk.news

        async def typing(prompt: str, *, secret: bool = False, begun: str = "") -> str | None:
            person.asked.append(prompt)
            if len(person.asked) == 1:
                await library.texts("music on level 2", who="+447700900150")
                await library.mails("Chairs", "The chairs squeak.", who="li@example.org")
                await library.texts("still eating", who="+447700900102")
                await told.heard.wait()
                while len(told.waiting) < 3:
                    told.heard.clear()
                    await told.heard.wait()
                return "tags 4 food"
            return "quit --yes"

        person.line = typing  # type: ignore[method-assign]
        assert await conversation(here.talk) == 0
        assert "News: 2 new contacts; the first is due in 15 minutes." in here.heard
        assert "News: 1 patron wrote again on ticket 4." in here.heard
        assert here.heard.index("Ticket 4: food.") < here.heard.index("News: 1 patron wrote again on ticket 4.")


async def test_watching_says_each_as_it_comes() -> None:
    """For so many news, then it ends."""
    async with at_noon() as here:
        seq = (await here.library.desk.hello()).seq
        async with aclosing(here.library.desk.changes(seq)) as changes:  # type: ignore[type-var]
            await here.library.texts("music on level 2", who="+447700900150")
            here.talk.news.add(await anext(changes))
        await here.does("watch 1")
        assert here.heard[-1].startswith("New contact: Ticket 9. Text from +447700900150.")


async def test_a_shared_login_picks_who_is_here() -> None:
    """By number or name, with the PIN where there is one, which is not shown."""
    async with house() as library:
        await library.desk.set_pin(BEN, old="", new="2468")
        person = Person()
        person.lines.extend(["2", "1357", "2468"])
        heard: list[str] = []
        voice = Voice(heard.append, heard.append)
        async with opened(library.desk, ANA, voice, person, shared_login=True, wall=library.clock) as talk:
            assert talk.sitting.actor == BEN
        assert len(person.secret) == 2
        assert "2468" not in " ".join(heard)


async def test_a_reporter_gets_figures() -> None:
    """No texts, and words that say what there is instead."""
    async with at_noon() as here:
        here.talk.sitting.role = Role.REPORTER
        heard = await _talks(here)
        assert any(line.startswith("You see figures and no texts") for line in heard)


async def test_nothing_is_drawn() -> None:
    """No control character, no box, no colour, no line over 80 signs."""
    async with at_noon() as here:
        here.talk.voice.width = 80
        for line in ("list", "open 2", "standing", "keys", "incidents", "help", "troubles"):
            await here.does(line)
            assert all(len(each) <= 80 for each in here.heard)
            assert all(char.isprintable() for char in here.text.replace("\n", ""))
            assert not set(here.text) & set("│─┌┐└┘▌●·▁█")


# Texts that break off, and bytes that are none


async def test_a_text_that_breaks_off_is_kept() -> None:
    """ctrl+D in the middle of it: it is said that it is kept, and it is there."""
    async with at_noon() as here:
        assert await here.says("reply 1", "Dear Jo,", None) == 1
        assert here.heard[-1].startswith("Draft kept, nothing was sent.")
        await here.does("send 1")
        assert (await here.thread("shows a fine")).entries[-1].text == "Dear Jo,"
        assert await here.says("reply 4", None) == 1
        assert here.heard[-1] == "Nothing was written."


async def test_a_script_that_ends_in_the_middle_of_a_text_sends_nothing() -> None:
    """The rest of it may be missing; what is piped to one command is whole when it ends."""
    async with at_noon(asks=False) as here:
        entries = len((await here.thread("hot food")).entries)
        assert await here.says("reply 4", "On our way.", None) == NOT_UNDERSTOOD
        assert "a line with a single dot. Draft kept, nothing was sent." in here.wrong[0]
        assert len((await here.thread("hot food")).entries) == entries
        here.person.lines.extend(["Ten minutes.", None])
        assert await one(here.talk, "reply 4") == 0
        assert (await here.thread("hot food")).entries[-1].text == "On our way.\nTen minutes."


async def test_an_answer_that_is_no_text_is_asked_for_again() -> None:
    """In a menu and in a text alike; nothing that was written before is lost."""
    async with at_noon() as here:
        await here.does("reply 4", "On our way.", "caf\udce9 first", "café first", ".", "\udcff", "1")
        assert (
            here.wrong
            == ["That line has bytes in it that are not UTF-8. It was not taken: write it again, in UTF-8."] * 2
        )
        assert (await here.thread("hot food")).entries[-1].text == "On our way.\ncafé first"


@pytest.mark.parametrize("end", [".", ".send"])
async def test_a_script_sends_no_text_that_it_can_not_read(end: str) -> None:
    """All of it is kept with a sign where the bytes were, and no line of it becomes a command."""
    async with at_noon(asks=False) as here:
        assert await here.says("reply 4", "caf\udce9 first", "solve 4 --yes", end) == NOT_UNDERSTOOD
        assert "not UTF-8" in here.wrong[0]
        assert "Draft kept, nothing was sent." in here.wrong[0]
        ticket = await here.ticket("hot food")
        assert ticket.state is not State.SOLVED
        [draft] = here.talk.sitting.drafts.of(ANA, ticket.id)
        assert draft.text == "caf\N{REPLACEMENT CHARACTER} first\nsolve 4 --yes"


async def test_a_draft_that_was_sent_elsewhere_is_another_message_here() -> None:
    """It is said, and kept; said once more it is sent."""
    async with at_noon() as here:
        await here.does("keep 4 On our way, they say.")
        ticket = await here.ticket("hot food")
        [draft] = here.talk.sitting.drafts.of(ANA, ticket.id)
        await here.library.desk.reply(ANA, ticket.id, ticket.version, "On our way.", key=draft.key)
        assert await here.says("send 4") == 3
        assert here.wrong == ["You sent another message from this draft already, at another desk."]
        await here.does("send 4")
        assert (await here.thread("hot food")).entries[-1].text == "On our way, they say."
