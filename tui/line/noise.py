"""Verbs about noise: who goes, who was there, what came of it, where it is, one noise or two, who is muted."""

from __future__ import annotations

from functools import partial

from helpdesk.errors import Refused
from helpdesk.message import IncidentId, TicketId
from helpdesk.noise.incidents import Incident, IncidentState
from tui.drafts import Draft
from tui.key_names import with_keys
from tui.line.asking import Option, picked
from tui.line.deeds import on_its_way
from tui.line.figures import map_said
from tui.line.noise_reading import list_noise
from tui.line.paper import Paper, compose, send_paper
from tui.line.said import Said
from tui.line.shapes import map_shape
from tui.line.spoken import aloud, state_said
from tui.line.stating import at, past
from tui.line.talk import Talk
from tui.line.verb import Verb
from tui.line.writing import paper_of
from tui.line.wrong import NotUnderstood
from tui.meaning import AT_ONCE, ATTENDING, MUTING, PARTING
from tui.noise import goer, mutes, offered_outcomes, place, place_in_full, said_back, who_can_go
from tui.plain import one_line
from tui.words import LONG_DAYS, OUTCOMES, plural


async def incidents(talk: Talk, said: Said) -> None:
    """Noise that goes on, read out."""
    talk.here.over = "over" in said
    await list_noise(talk)


async def over(talk: Talk, said: Said) -> None:
    """What is over, or what goes on."""
    talk.here.over = not talk.here.over
    await list_noise(talk)


def _called(talk: Talk, incident: Incident) -> str:
    return f"incident {incident.number}, {place(incident.zone, talk.sitting.eye)}"


async def dispatch(talk: Talk, said: Said) -> None:
    """Say who goes."""
    incident, sitting = await talk.incident(said, "dispatch"), talk.sitting
    here = frozenset(each.staff for each in await sitting.desk.presence() if each.available)
    options = [
        Option(words=words, hint=hint, value=to, also=f"{to}|me" if to == sitting.actor else to)
        for to, words, hint in who_can_go(sitting.members, here, sitting.choices.goers, sitting.actor)
    ]
    now = f" Now {state_said(incident, sitting.eye)}." if incident.state is not IncidentState.OPEN else ""
    to = await talk.ask.choose(f"Who goes to {_called(talk, incident)}?{now}", options, given=said.words())
    again = partial(sitting.desk.noise.dispatch, sitting.actor, incident.id, to=to)
    found = await again(incident.version)
    who = goer(to, sitting.eye)
    await talk.done_noise(
        f"Incident {incident.number}: {'you go' if who == 'you' else f'{who} goes'}.", found, again=again
    )


async def attended(talk: Talk, said: Said) -> None:
    """Somebody was there: just now, or at a time that is said."""
    sitting = talk.sitting
    incident = await talk.noise_at_hand(said)
    target = None
    if incident is None:
        target = await talk.ticket(said, "attended")
        if target.incident is not None:
            incident = (await sitting.desk.noise.incident(sitting.actor, target.incident)).incident
    if incident is not None and not incident.live:
        raise Refused(f"Incident {incident.number} is over. Reopen it first: reopen i{incident.number}.")
    what = _called(talk, incident) if incident is not None else f"ticket {target.number if target else 0}"
    title = f"When did somebody go there for {what}?{f' {ATTENDING}' if incident is not None else ''}"
    typed = await talk.ask.typed(
        title, "nothing for just now, 10 min ago, 12:05", given=said.words(), check=partial(past, talk)
    )
    when = past(talk, typed)
    if incident is not None:
        attend = partial(sitting.desk.noise.attend, sitting.actor, incident.id, when=when)
        found = await attend(incident.version)
        await talk.done_noise(f"Incident {incident.number} was attended {at(talk, when)}.", found, again=attend)
    elif target is not None:
        again = partial(sitting.desk.attended, sitting.actor, target.id, when=when)
        ticket = await again(target.version)
        await talk.done(f"Ticket {target.number} was attended {at(talk, when)}.", ticket, again=again)


# A text to all of them


async def outcome(talk: Talk, said: Said) -> None:
    """What came of it; the text back is looked over, then sent to all who told of it."""
    incident, sitting = await talk.incident(said, "outcome"), talk.sitting
    told = f"{plural(incident.reporters, 'reporter')} can be told next."
    options = [Option(words=words, value=each, also=str(each)) for each, words in offered_outcomes(incident)]
    word, text = said.rest.partition(":")[::2] if ":" in said.rest else (said.rest, "")
    title = f"What came of {_called(talk, incident)}? {told}"
    chosen = await talk.ask.choose(title, options, given=word.strip())
    draft = sitting.drafts.get(sitting.actor, incident.id, "outcome")
    if draft.outcome is not chosen:
        back = said_back(sitting.choices, incident, chosen, sitting.eye)
        draft = Draft(kind="outcome", text=back, outcome=chosen)
    if "silent" in said:
        draft = draft.saying("")
    elif text.strip():
        draft = draft.saying(text.strip())
    await _tell(talk, incident, draft)


async def tell_all(talk: Talk, said: Said) -> None:
    """A text to all who told of it, each by themselves."""
    incident, sitting = await talk.incident(said, "tell_all", noise_only=True), talk.sitting
    draft = sitting.drafts.get(sitting.actor, incident.id, "all")
    if text := said.words():
        await send_paper(talk, await _paper(talk, incident, draft.saying(text)))
    else:
        await compose(talk, await _paper(talk, incident, draft))


async def _tell(talk: Talk, incident: Incident, draft: Draft) -> None:
    paper = await _paper(talk, incident, draft)
    if talk.ask.reader.asks and draft.text:
        talk.voice.aloud([f"The text: {one_line(draft.text)}"])
    await compose(talk, paper, look=True)


async def _paper(talk: Talk, incident: Incident, draft: Draft) -> Paper:
    sight = await talk.sitting.desk.noise.incident(talk.sitting.actor, incident.id)
    hearing = sum(each.reachable for each in sight.reporters)
    if not hearing and draft.kind == "all":
        raise Refused("None of them can be reached any more. Write a note instead.")
    title = f"To {plural(hearing, 'reporter')} of incident {incident.number}, each by themselves"
    if draft.outcome is not None:
        title = f"Incident {incident.number} is over, {OUTCOMES[draft.outcome]}. {title}"
    if not talk.sitting.hello.undo_seconds:
        title = f"{title}; what is sent {AT_ONCE}"
    return Paper(
        on=incident.id,
        number=incident.number,
        version=incident.version,
        draft=draft,
        title=title,
        texting=True,
        deliver=partial(_deliver, talk, hearing),
        wordless=draft.kind == "outcome",
    )


async def _deliver(talk: Talk, hearing: int, paper: Paper) -> None:
    sitting, draft = talk.sitting, paper.draft
    noise, actor, which = sitting.desk.noise, sitting.actor, IncidentId(paper.on)
    told = "nobody is told" if draft.empty or not hearing else f"{plural(hearing, 'text')} in the outbox"
    if draft.outcome is None:
        found = await noise.reply_all(actor, which, paper.version, draft.text, key=draft.key)
        words = f"Incident {found.number}: {told}."
        words += await on_its_way(sitting, which)
        await talk.done_noise(words, found, stays=True)
        return
    text = "" if draft.empty else draft.text
    found = await noise.conclude(actor, which, paper.version, draft.outcome, text=text, key=draft.key)
    words = f"Incident {found.number}: over, {OUTCOMES[draft.outcome]}; {told}."
    going = await on_its_way(sitting, which)
    await talk.done_noise(words + going, found, left=True, stays=bool(going))


# Where it is


async def place_(talk: Talk, said: Said) -> None:
    """Say where it is."""
    target, sitting = await talk.ticket(said, "place"), talk.sitting
    options = [
        Option(
            words=one_line(zone.name),
            hint=place_in_full(zone, sites=sitting.several_sites),
            value=zone.id,
            also="|".join((zone.id, zone.code, *zone.aliases)),
        )
        for zone in sitting.choices.zones
    ]
    if target.zone:
        options.append(Option(words="The place is not known", value="", also="unknown"))
    if not options:
        raise Refused("The library has no plan of its zones yet. `helpdesk check` says where it goes.")
    title = f"Where is what {one_line(target.name) or 'the texter'} tells of, ticket {target.number}?"
    zone = await talk.ask.choose(title, options, given=said.words())
    again = partial(sitting.desk.noise.place, sitting.actor, target.id, zone=zone)
    ticket = await again(target.version)
    await talk.done(f"Ticket {target.number}: {place(zone, sitting.eye)}.", ticket, again=again)


# One noise, or two


async def choose(talk: Talk, said: Said) -> None:
    """Choose the reporter at hand, or the ones named by number, or no longer."""
    sight = talk.here.sight
    if sight is None:
        raise NotUnderstood("Open a noise first, as in open i3; then choose 2 chooses its second reporter.")
    numbers = [word for word in said.rest.replace(",", " ").split()]
    if not numbers and talk.reporter is None:
        raise NotUnderstood("Say which reporter, as in choose 2, or read one first with down.")
    options = [Option(words=one_line(each.name), value=each, also=f"{each.number}") for each in sight.reporters]
    wanted = {picked(options, each).value.ticket for each in numbers}
    if not numbers and talk.reporter is not None:
        wanted = {talk.reporter.ticket}
    talk.here.chosen ^= wanted
    names = ", ".join(one_line(each.name) for each in sight.reporters if each.ticket in talk.here.chosen)
    talk.voice.say(f"Chosen: {names or 'nobody'}.")


async def part(talk: Talk, said: Said) -> None:
    """The chosen tell of another noise."""
    incident, sitting, here = await talk.incident(said, "part", noise_only=True), talk.sitting, talk.here
    sight = await sitting.desk.noise.incident(sitting.actor, incident.id)
    if said.rest and here.sight is None:
        await talk.open_incident(incident)
    if said.rest:
        await choose(talk, said)
    theirs = [each for each in sight.reporters if each.ticket in here.chosen]
    if not theirs:
        raise Refused("Choose who tells of another noise first: choose 2 chooses the second reporter.")
    if len(theirs) == len(sight.reporters):
        raise Refused("All are chosen. Leave at least one of them here: choose 1 takes the first one out again.")
    names = ", ".join(one_line(each.name) for each in theirs)
    await talk.ask.sure(
        f"Part {names} from incident {incident.number}?", f"Part {names}", said, with_keys(PARTING, str)
    )
    tickets: tuple[TicketId, ...] = tuple(each.ticket for each in theirs)
    found = await sitting.desk.noise.part(sitting.actor, incident.id, incident.version, tickets)
    here.chosen = frozenset()
    await talk.done_noise(f"Theirs is incident {found.number} now. unite takes it back into {incident.number}.", found)
    if here.sight is not None:
        here.sight = await sitting.desk.noise.incident(sitting.actor, incident.id)


async def unite(talk: Talk, said: Said) -> None:
    """It is the same noise as another that goes on."""
    incident, sitting = await talk.incident(said, "unite", noise_only=True), talk.sitting
    others = [each for each in await sitting.desk.noise.incidents(sitting.actor) if each.id != incident.id]
    if not others:
        raise Refused("No other noise goes on that it could be the same as.")
    options = [
        Option(
            words=f"Incident {each.number}, {place(each.zone, sitting.eye)}",
            hint=plural(each.reporters, "reporter"),
            value=each.number,
            also=f"i{each.number}",
        )
        for each in others
    ]
    given = said.words().removeprefix("into ").strip()
    number = said_number(given, [each.number for each in others])
    if number is None:
        number = await talk.ask.choose(f"Incident {incident.number} is the same noise as which?", options, given=given)
    found = await sitting.desk.noise.unite(sitting.actor, incident.id, incident.version, number)
    talk.here.sight = None
    await talk.done_noise(f"Incident {incident.number} went into {found.number}.", found)
    await talk.open_incident(found)


def said_number(given: str, numbers: list[int]) -> int | None:
    """An incident's own number, before its place in a menu; None where it is neither."""
    bare = given.casefold().lstrip("i#")
    return int(bare) if bare.isdecimal() and int(bare) in numbers else None


# A texter who is a nuisance, and one who complains


async def mute(talk: Talk, said: Said) -> None:
    """Mute who texted for a while, or unmute them."""
    target, sitting = await talk.ticket(said, "mute"), talk.sitting
    offered = mutes(sitting.clock.now(), sitting.zone, sitting.choices.mute)
    options = [Option(words=words, hint=aloud(shown), value=hours) for words, shown, hours in offered]
    name = one_line(target.name) or "the texter"
    hours = await talk.ask.choose(f"Mute {name}, ticket {target.number}? {MUTING}", options, given=said.words())
    ticket = await sitting.desk.noise.mute(sitting.actor, target.id, target.version, hours)
    words = f"{name} is muted for {plural(hours, 'hour')}" if hours else f"{name} is not muted any more"
    await talk.done(f"Ticket {target.number}: {words}.", ticket, stays=True)


async def complaint(talk: Talk, said: Said) -> None:
    """Answer with how to make a formal complaint: the sentence is looked over, then sent."""
    target, sitting = await talk.ticket(said, "complaint"), talk.sitting
    sentence = sitting.choices.complaint.get(target.line, "")
    if not sentence:
        raise Refused("This line has no text about complaints. It goes into the file that the setting texts names.")
    paper = await paper_of(talk, target, "reply", said)
    if sentence not in paper.draft.text:
        paper.draft = paper.draft.saying(f"{paper.draft.text.rstrip()} {sentence}".strip())
    paper.keep(talk)
    talk.voice.aloud([f"The text: {one_line(paper.draft.text)}"])
    await compose(talk, paper, look=True)


async def map_(talk: Talk, said: Said) -> None:
    """Where and when it was noisy: of every day, or of a weekday that is named."""
    given = said.words()
    days = [Option(words=name, value=at) for at, name in enumerate(LONG_DAYS)]
    day = picked(days, given).value if given else None
    found = await talk.sitting.desk.noise.noise_map(talk.sitting.actor)
    talk.voice.tell("noise_map", map_shape(found), map_said(found, talk.sitting.eye, day))


NOISE = (
    Verb(id="incidents", do=incidents, options=("over",)),
    Verb(id="over", do=over),
    Verb(id="dispatch", do=dispatch, takes="[i3, or a ticket] [who]"),
    Verb(id="attended", do=attended, takes="[i3, or a ticket] [when]"),
    Verb(id="outcome", do=outcome, takes="[i3, or a ticket] [what came of it][: text]", options=("silent",)),
    Verb(id="place", do=place_, takes="[ticket] [where]"),
    Verb(id="tell_all", do=tell_all, takes="[incident] [words]", words=True),
    Verb(id="choose", do=choose, takes="[reporters, such as 2 3]"),
    Verb(id="part", do=part, takes="[incident] [reporters]"),
    Verb(id="unite", do=unite, takes="[incident] into [incident]"),
    Verb(id="map", do=map_, takes="[weekday]"),
    Verb(id="mute", do=mute, takes="[ticket] [for how long]"),
    Verb(id="complaint", do=complaint, takes="[ticket]"),
)
"""Verbs about noise."""
