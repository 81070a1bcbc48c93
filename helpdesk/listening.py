"""What intake hears in a text before it is stored, by the library's plan of zones and its texts.

Listening happens before the verb and before the mask: a verb does no search over a patron's words, and a mask must not
take a room or a time for a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpdesk.clock import MINUTE, Instant
from helpdesk.config import LineSettings, NoiseSettings
from helpdesk.hours import Hours
from helpdesk.ids import Ids
from helpdesk.message import Channel, EntryId, Inbound, IncidentId, Keyword, LineId, OutboxId
from helpdesk.noise.hearing import NOTHING, Heard, hear
from helpdesk.noise.texts import Texts
from helpdesk.noise.voice import Voice
from helpdesk.standards import Closing
from helpdesk.store.verbs.noise_in import Noise
from helpdesk.zones import Plan

_HEARD_ON = frozenset({Channel.SMS, Channel.CHAT})
"""Where a concern is listened for: where people write as they would shout."""


class Listening:
    """Hears what texts say.

    ``is_open``  whether a calendar is open at a moment
    ``closed``   by what a line is closed by hand at a moment
    ``hours``    of a calendar at a moment, None for one that is always open
    """

    def __init__(
        self,
        *,
        plan: Plan,
        texts: Mapping[LineId, Texts],
        settings: NoiseSettings,
        is_open: Callable[[str, Instant], bool],
        closed: Callable[[Channel, LineId, Instant], Closing | None],
        hours: Callable[[str, Instant], Hours | None],
        ids: Ids,
    ) -> None:
        self._plan = plan
        self._places = {zone.id: zone for zone in plan.zones}
        self._texts = texts
        self._settings = settings
        self._is_open = is_open
        self._closed = closed
        self._hours = hours
        self._ids = ids

    def hears(self, inbound: Inbound, line: LineSettings | None) -> Heard:
        """What a message says; nothing where it is no text and no chat, or a word for the carrier alone."""
        if line is None or inbound.channel not in _HEARD_ON or inbound.keyword is not None:
            return NOTHING
        return hear(inbound.text, self._plan, line.site, noise=line.kind == "noise")

    def noise(self, inbound: Inbound, heard: Heard, line: LineSettings | None, now: Instant) -> Noise | None:
        """What the verb needs to know of it, None for what nobody listens to."""
        if line is None or inbound.channel not in _HEARD_ON or inbound.keyword is not None:
            return None
        texts = self._texts.get(inbound.line)
        return Noise(
            heard=heard,
            kind="noise" if line.kind == "noise" else "enquiry",
            staffed=self._staffed(inbound.line, line, now),
            in_hours=self._staffed(inbound.line, line, now if inbound.sent_at is None else min(now, inbound.sent_at)),
            voice=Voice(texts=texts, hours=self._hours(line.calendar, now), places=self._places) if texts else None,
            fresh=IncidentId(self._ids.new()),
            ids=((self._entry(), self._row()), (self._entry(), self._row())),
            window=self._settings.incident_minutes * MINUTE,
            most=self._settings.most_texts,
            within=self._settings.limit_minutes * MINUTE,
        )

    def _staffed(self, name: LineId, line: LineSettings, when: Instant) -> bool:
        return self._is_open(line.calendar, when) and self._closed(line.channel, name, when) is None

    def help(self, inbound: Inbound) -> str:
        """The line's answer to a text that says HELP, "" for none."""
        texts = self._texts.get(inbound.line)
        if inbound.keyword is not Keyword.HELP or texts is None or not texts.sends("help"):
            return ""
        return texts.say("help")

    def _entry(self) -> EntryId:
        return EntryId(self._ids.new())

    def _row(self) -> OutboxId:
        return OutboxId(self._ids.new())
