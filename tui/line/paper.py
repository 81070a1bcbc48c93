"""What is being written: line by line until a single dot, looked over, sent; kept as a draft all the while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import get_args

from helpdesk.clock import SECOND
from helpdesk.errors import HelpdeskError, Refused, Stale, TryLater
from helpdesk.macros import blank_words
from helpdesk.message import TicketId
from helpdesk.segments import lookalikes, plain_gsm
from helpdesk.thread import Thread
from helpdesk.ticket import Then
from tui.between import between, between_words
from tui.composing import THEN
from tui.drafts import Draft, On, SentElsewhere, Unsent, next_then, once
from tui.line.asking import Option, picked
from tui.line.reading import move
from tui.line.spoken import INDENT, aloud
from tui.line.talk import Talk
from tui.line.wrong import Left, NotUnderstood, NotUtf8
from tui.naming import stale_words
from tui.outside import written
from tui.plain import many_lines
from tui.segments import segment_words, taken_words
from tui.words import plural

KEPT = "What you wrote is kept: unsent goes on with it."
HOW = "End with a line that is a single dot. .help says what else a dot can do."
DOTS = (
    "While you write, a line that begins with a dot is for the desk: . ends it; .send sends it; .keep keeps it as a"
    " draft; .then says what becomes of the ticket; .editor goes on in $EDITOR; .lookalikes takes plain signs; .read"
    " reads what you wrote; .thread_up and .thread_down read the ticket; .drop throws it away. Two dots make one."
)
TYPING = 3 * SECOND
"""How often a chat's visitor is told that somebody is writing, at most."""


@dataclass(kw_only=True)
class Paper:
    """One composition.

    ``version``   of the ticket or incident, as it was seen
    ``texting``   it will be a text, whose size is told
    ``chatting``  the chat whose visitor hears that somebody is writing, None elsewhere
    ``deliver``   sends it and says so
    ``wordless``  it may be sent empty
    ``looked``    the ticket as its writer heard it; None where it is none, or was not heard
    ``broken``    why not all of it could be read: a person looks at it before anybody gets it
    """

    on: On
    number: int
    version: int
    draft: Draft
    title: str
    texting: bool
    deliver: Callable[[Paper], Awaitable[None]]
    chatting: TicketId | None = None
    wordless: bool = False
    told: int = 0
    looked: Thread | None = None
    broken: str = ""

    def keep(self, talk: Talk) -> None:
        """Nothing that was written is lost."""
        talk.sitting.drafts.keep(talk.sitting.actor, self.on, self.draft)

    @property
    def size(self) -> str:
        """How many texts it makes, or how many words it is."""
        if self.texting:
            return segment_words(self.draft.text)[0]
        return plural(len(self.draft.text.split()), "word")

    @property
    def summary(self) -> str:
        """What will become of it."""
        then = f"; then it {THEN[self.draft.then]}" if self.draft.kind == "reply" else ""
        return f"{self.title}: {self.size}{then}."


async def send_paper(talk: Talk, paper: Paper) -> None:
    """Send it, once. Where nobody answers it is kept, and the desk reminds of it."""
    sitting = talk.sitting
    if paper.broken:
        raise NotUnderstood(f"{paper.broken} {_kept(paper)}")
    if paper.draft.empty and not paper.wordless:
        raise Refused("There is nothing to send yet.")
    if paper.draft.kind != "note" and (blank := blank_words(paper.draft.text)):
        paper.keep(talk)
        raise Refused(blank)
    try:
        try:
            await once(paper.deliver(paper))
        except Stale as stale:
            await _all_the_same(talk, paper, stale)
            await once(paper.deliver(paper))
    except (TryLater, OSError) as error:
        unsent = Unsent(when=sitting.clock.now(), number=paper.number, version=paper.version)
        paper.draft = replace(paper.draft, unsent=unsent)
        paper.keep(talk)
        raise TryLater(f"{error} {KEPT}") from None
    except HelpdeskError:
        paper.keep(talk)
        raise
    sitting.drafts.drop(sitting.actor, paper.on, paper.draft.kind)


async def _all_the_same(talk: Talk, paper: Paper, stale: Stale) -> None:
    """Somebody changed it first: tell what came in between, and go on only where the writer says so."""
    if isinstance(stale, SentElsewhere):
        paper.draft = paper.draft.anew()
    if paper.looked is None or not talk.ask.reader.asks:
        raise stale
    sitting = talk.sitting
    fresh = await sitting.desk.thread(sitting.actor, paper.looked.ticket.id)
    words = between_words(between(paper.looked, fresh, sitting.actor), sitting.eye, sitting.name)
    talk.voice.warn(stale_words(stale, sitting.name))
    talk.voice.aloud(f"Meanwhile: {aloud(line)}" for line in words.splitlines())
    options = [Option(words="No, keep it as a draft", value=False), Option(words="Send it", value=True)]
    if not await talk.ask.choose("Send it all the same?", options, default=0):
        raise Left("Draft kept.")
    paper.version, paper.looked = fresh.ticket.version, fresh


async def compose(talk: Talk, paper: Paper, *, look: bool = False) -> None:
    """Take lines in until they are sent, kept or thrown away. ``look``: what is there is looked over first."""
    if paper.looked is not None:
        await talk.stands_beside("writes", paper.looked.ticket.id)
    try:
        await _compose(talk, paper, look)
    finally:
        await talk.stands_beside("reads")


async def _compose(talk: Talk, paper: Paper, look: bool) -> None:
    done = False
    if not look:
        talk.voice.aloud([f"{paper.title}. {HOW}"] if talk.ask.reader.asks else [])
        if not paper.draft.empty and talk.ask.reader.asks:
            talk.voice.aloud(["Your draft so far:", *_read(paper)])
    while not done:
        done = await look_over(talk, paper) if look else False
        if not done:
            done, look = await _take_lines(talk, paper), True


async def _take_lines(talk: Talk, paper: Paper) -> bool:
    """Lines until the dot; True where a dot's command has ended it all."""
    while (line := await _line(talk)) is not None:
        if isinstance(line, NotUtf8):
            paper.broken, line = str(line), line.line
        if line == ".":
            return False
        if line.startswith(".") and not line.startswith(".."):
            if await _dot(talk, paper, line[1:]):
                return True
            continue
        fresh = line[1:] if line.startswith("..") else line
        paper.draft = paper.draft.saying(f"{paper.draft.text}\n{fresh}" if paper.draft.text else fresh)
        paper.keep(talk)
        if talk.ask.reader.asks:
            await talk.keep_drafts()
        await _tell_typing(talk, paper)
    if talk.once:
        return False
    if talk.ask.reader.asks:
        raise Left(_kept(paper))
    raise NotUnderstood(f"The text has no end, a line with a single dot. {_kept(paper)}")


def _kept(paper: Paper) -> str:
    """What has become of what was not ended."""
    if paper.draft.empty:
        return "Nothing was written."
    return f"Draft kept, nothing was sent. {paper.title}: say the same again to go on with it."


async def _line(talk: Talk) -> str | NotUtf8 | None:
    """The next line, or what can be read of a script's; None where there is none any more, or it was left."""
    try:
        return await talk.ask.heard("Text: ")
    except NotUtf8 as broken:
        return broken
    except Left:
        return None


async def _tell_typing(talk: Talk, paper: Paper) -> None:
    now = talk.sitting.clock.now()
    if paper.chatting is not None and now - paper.told >= TYPING:
        paper.told = now
        await talk.sitting.desk.typing(talk.sitting.actor, paper.chatting)


def _read(paper: Paper) -> list[str]:
    return [f"{INDENT}{line}" if line else "" for line in many_lines(paper.draft.text)]


async def look_over(talk: Talk, paper: Paper) -> bool:
    """Say what will become of it, and ask; False to go on writing. A script is not asked: it is sent."""
    if not talk.ask.reader.asks:
        await send_paper(talk, paper)
        return True
    while (chosen := await _chosen(talk, paper)) != "write":
        if chosen in THEN:
            paper.draft, chosen = replace(paper.draft, then=then_of(chosen)), "send"
        if await _do(talk, paper, chosen):
            return True
    return False


async def _chosen(talk: Talk, paper: Paper) -> str:
    options = [Option(words="Send it", value="send")]
    if paper.draft.kind == "reply":
        options += [
            Option(words=f"Send it; then it {THEN[each]}", value=each) for each in THEN if each != paper.draft.then
        ]
    options += [Option(words=words, value=name) for name, words in _ELSE.items()]
    if paper.texting and any(offer.like is not None for offer in lookalikes(paper.draft.text)):
        options.append(Option(words="Take plain signs for those that make it dear", value="lookalikes"))
    try:
        return await talk.ask.choose(paper.summary, options, default=0)
    except Left:
        return "keep"


_ELSE = {
    "keep": "Keep it as a draft",
    "write": "Go on writing",
    "editor": "Go on in $EDITOR",
    "drop": "Throw it away",
}


async def _dot(talk: Talk, paper: Paper, said: str) -> bool:
    """A line for the desk; what it can't make out is told, and writing goes on."""
    names = (
        "send",
        "keep",
        "then",
        "editor",
        "outside",
        "lookalikes",
        "read",
        "thread_up",
        "thread_down",
        "drop",
        "help",
    )
    word, _, rest = said.strip().partition(" ")
    try:
        name = picked([Option(words=each, value=each) for each in names], word).value
        return await _do(talk, paper, name, rest.strip())
    except NotUnderstood as wrong:
        talk.voice.warn(f"{wrong} Writing goes on.")
        return False


async def _do(talk: Talk, paper: Paper, name: str, rest: str = "") -> bool:
    """One thing to do with what is being written; True where that ends it."""
    match name:
        case "send":
            await send_paper(talk, paper)
            return True
        case "keep":
            paper.keep(talk)
            talk.voice.say("Draft kept." if not paper.draft.empty else "There was nothing to keep.")
            return True
        case "drop":
            talk.sitting.drafts.drop(talk.sitting.actor, paper.on, paper.draft.kind)
            talk.voice.say("Thrown away.")
            return True
        case "editor" | "outside":
            text, trouble = await written(paper.draft.text)
            paper.draft = paper.draft.saying(text)
            paper.keep(talk)
            talk.voice.aloud([trouble] if trouble else ["What is there now:", *_read(paper)])
        case _:
            await _say_more(talk, paper, name, rest)
    return False


def then_of(said: str) -> Then:
    """What becomes of a ticket, by its name."""
    options: list[Option[Then]] = [Option(words=each, value=each) for each in get_args(Then)]
    return picked(options, said).value


def plain(paper: Paper) -> str:
    """Take the look-alikes; what became of each, in words."""
    if not paper.texting:
        raise NotUnderstood("Only what is texted is counted so: this may hold any character.")
    offers = lookalikes(paper.draft.text)
    paper.draft = paper.draft.saying(plain_gsm(paper.draft.text))
    return taken_words(offers) or "Every character of it is in the phones' own alphabet already."


async def _say_more(talk: Talk, paper: Paper, name: str, rest: str) -> None:
    """What changes or reads what is being written, and goes on."""
    match name:
        case "then":
            paper.draft = replace(paper.draft, then=then_of(rest)) if rest else next_then(paper.draft)
            talk.voice.say(f"Then it {THEN[paper.draft.then]}.")
        case "lookalikes":
            talk.voice.say(f"{plain(paper)} {paper.size}.")
        case "read":
            talk.voice.aloud(_read(paper) or [f"{INDENT}(no text)"])
        case "thread_up" | "thread_down":
            await move(talk, -1 if name == "thread_up" else 1)
        case "help":
            talk.voice.say(DOTS)
    paper.keep(talk)
