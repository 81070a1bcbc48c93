"""A person who asks what is held of them, or to be forgotten: how they are found, and what they are given.

Finding, erasing and reading are verbs (:mod:`helpdesk.store.verbs.subjects`, :mod:`helpdesk.store.verbs.access`).
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from helpdesk.clock import Clock, Instant, moment
from helpdesk.config import LibrarySettings
from helpdesk.errors import NotFound
from helpdesk.ids import Entropy
from helpdesk.ports import Store
from helpdesk.store.verbs import access, subjects
from helpdesk.store.verbs.access import Material
from helpdesk.store.verbs.erasing import Gone
from helpdesk.store.verbs.remarks import SALT_BYTES, Remark
from helpdesk.store.verbs.subjects import Held
from helpdesk.wording import reason

_GAPS = re.compile(r"[\s()./-]+")
_MODE = 0o600 << 16

README = """\
What {library} holds of you
{rule}

This is a copy of everything that the help desk of {library} holds of you, made on {day}.

everything.json   Your names and addresses, your questions and our answers, what happened to each question and
                  when, and how long our answers took. Any text editor or browser opens it. Times are in UTC.
files/            The files that came with your messages.
mails/            Your e-mails as they reached us. A mail program opens them.

Notes that members of staff wrote for each other about your questions are in it. Members of staff are not named, nor
are the addresses of other people. Where you wrote in somebody else's conversation with us, your own words are here.

Texts to a line that does not keep who texted it (such as the Noiseline) can't be here: nobody can tell which are yours.
"""


class Subjects:
    """Does what a person may ask of a library. ``mint`` makes ids."""

    def __init__(
        self, store: Store, clock: Clock, *, library: LibrarySettings, mint: Callable[[], str], entropy: Entropy
    ) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._mint = mint
        self._entropy = entropy

    async def held(self, who: str) -> Held:
        """What is held of whoever is meant; NotFound, in words, where nobody is, or nobody can be."""
        found = await self._store.read(subjects.find, forms(who))
        return await self._store.read(subjects.held, found)

    async def forget(self, held: Held, actor: str, why: str) -> Gone:
        """Forget somebody; Refused while anybody still works for them. ``Store.purge`` comes after it."""
        said = reason(why) if why.strip() else ""
        remark = Remark(id=self._mint(), text=said, salt=self._entropy(SALT_BYTES)) if said else None
        return await self._store.write(subjects.forget, held, actor, remark, self._clock.now())

    async def ready(self, held: Held) -> None:
        """Refused, with what to do first, where somebody can't be forgotten yet."""
        await self._store.read(subjects.unready, held)

    async def copied(self, who: str) -> bytes:
        """All that is held of somebody, as a zip for them."""
        found = await self._store.read(subjects.find, forms(who))
        if found.ticket is not None:
            raise NotFound("Nothing says who wrote this ticket, so nobody can be given a copy of it.")
        made = await self._store.read(access.material, found)
        return packed(made, self._library.name, self._clock.now(), self._library.zone)


def forms(who: str, country: str = "44") -> tuple[str, ...]:
    """As what somebody may stand in the store: an address, a number in the form of the carriers, an id, #1042."""
    said = who.strip()
    digits = _GAPS.sub("", said)
    numbers = []
    if re.fullmatch(r"\+?[0-9]{5,15}", digits, re.ASCII):
        numbers = [digits, "+" + digits.removeprefix("+"), f"+{country}{digits.removeprefix('0')}"]
        numbers += [f"+{digits.removeprefix('00')}"] if digits.startswith("00") else []
    return tuple(dict.fromkeys([said, said.lower(), *numbers]))


def told(held: Held) -> tuple[str, ...]:
    """What is held of somebody, in lines for whoever decides."""
    return tuple(_told(held))


def left(held: Held) -> tuple[str, ...]:
    """What is to be seen to by hand when somebody was forgotten."""
    if not held.mentions:
        return ()
    return (_tickets("Their address is still written in these tickets of others; look at them", held.mentions),)


def _told(held: Held) -> Iterator[str]:
    for each in held.subject.addresses:
        yield f"{each.channel}: {each.value}" + (f" ({each.name})" if each.name else "")
    own = [ticket.number for ticket in held.own]
    if held.subject.ticket is not None:
        yield _tickets("Nothing says who wrote it, so this ticket alone can be forgotten", own)
        return
    yield _tickets("Tickets of their own", own)
    if held.others:
        yield _tickets("On tickets of others", [ticket.number for ticket in held.others])
        yield f"What they wrote there: {Gone(entries=len(held.entries))}"
    if held.mails:
        yield f"As they came in, sent by them or naming them: {Gone(mails=len(held.mails))}"
    yield from left(held)


def _tickets(what: str, numbers: list[int] | tuple[int, ...]) -> str:
    return f"{what}: {', '.join(map(str, numbers)) or 'none'}"


def packed(found: Material, library: str, now: Instant, zone: str) -> bytes:
    """The copy for the person: a zip with a readme, what there is to read, and the files."""
    local = moment(now).astimezone(ZoneInfo(zone))
    day = f"{local.day} {local:%B %Y}"
    title = f"What {library} holds of you"
    readme = README.format(library=library, day=day, rule="=" * len(title))
    tree = json.dumps({"library": library, "made": moment(now).isoformat(timespec="seconds"), **found.tree}, indent=2)
    parts = {"readme.txt": readme.encode(), "everything.json": tree.encode(), **found.files}
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as folder:
        for name, content in parts.items():
            info = ZipInfo(name, local.timetuple()[:6])
            info.compress_type, info.external_attr = ZIP_DEFLATED, _MODE
            folder.writestr(info, content)
    return made.getvalue()
