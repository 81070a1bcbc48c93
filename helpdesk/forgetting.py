"""What is forgotten by itself once it is old enough, as [retention] says: by night, a little at a time.

Who wrote goes first, what was written later, counts and times never. :func:`rules_of` reads the settings;
:class:`Forgetting` goes through what is due, for the watch and for ``helpdesk retention``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from helpdesk.clock import MINUTE, Instant, instant, moment, plus
from helpdesk.config import Settings
from helpdesk.events import SYSTEM
from helpdesk.message import Channel
from helpdesk.plurals import plural
from helpdesk.ports import Sql, Store
from helpdesk.store.verbs import ageing, notices
from helpdesk.store.verbs.ageing import BATCH, Rule, Tally
from helpdesk.store.verbs.erasing import Gone

NIGHT = time(3)
"""When the watch does it, by the library's zone: wiping the word index keeps writers waiting for a moment."""

CURSOR = "retention"
"""Where it is remembered when it was last done."""


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    """The rules that are set, in the order in which they are followed: what names a person first.

    Where words are forgotten and no day is set for who wrote them, both go together.
    """
    kept = settings.retention
    mail, sms, chat = (Channel.MAIL,), (Channel.SMS,), (Channel.CHAT,)
    rules = (
        Rule(setting="mail_raw_days", what="mails", channels=mail, days=kept.mail_raw_days),
        Rule(setting="mail_identity_days", what="who", channels=mail, days=kept.mail_identity_days),
        Rule(setting="sms_identity_days", what="who", channels=sms, days=kept.sms_identity_days),
        Rule(setting="chat_identity_days", what="who", channels=chat, days=kept.chat_identity_days),
        _words("mail_text_days", mail, kept.mail_text_days, kept.mail_identity_days),
        _words("sms_text_days", sms, kept.sms_text_days, kept.sms_identity_days),
        _words("chat_text_days", chat, kept.chat_text_days, kept.chat_identity_days),
        Rule(setting="desk_text_days", what="all", channels=(Channel.PHONE, Channel.DESK), days=kept.desk_text_days),
        Rule(setting="sealed_text_days", what="all", channels=sms, days=kept.sealed_text_days, sealed=True),
    )
    return tuple(rule for rule in rules if rule.days)


def _words(setting: str, channels: tuple[Channel, ...], days: int, who: int) -> Rule:
    return Rule(setting=setting, what="words" if who else "all", channels=channels, days=days)


class Forgetting:
    """Forgets what is due by the rules. ``zone``: the library's, whose nights count; ``batch``: so many in a commit."""

    def __init__(self, store: Store, rules: Sequence[Rule], zone: str, *, batch: int = BATCH) -> None:
        self._store = store
        self._rules = tuple(rules)
        self._zone = ZoneInfo(zone)
        self._batch = batch
        self._traces = True  # a process may have ended between forgetting and wiping

    def refit(self, rules: Sequence[Rule]) -> None:
        """Go by other rules from now on."""
        self._rules = tuple(rules)

    async def go_on(self, now: Instant) -> Instant | None:
        """One commit of it, where it is night; returns when to go on, None where no rule is set.

        A library whose rules were never followed waits for its first night: there is time for a dry run.
        """
        if not self._rules:
            return None
        done = await self._store.read(notices.cursor, CURSOR)
        if done is None or done > now:
            await self._store.write(_restart, now)
            done = now
        night = self._night_after(done)
        if now < night:
            return night
        if await self._step(now):
            return now
        if not await self.wipe():
            return plus(now, MINUTE)
        await self._store.write(notices.move_cursor, CURSOR, now)
        return self._night_after(now)

    async def run(self, now: Instant, actor: str = SYSTEM) -> tuple[Tally, ...]:
        """Forget all that is due ``now``; what went, by rule and line. :meth:`wipe` comes after it."""
        found: list[Tally] = []
        while done := await self._step(now, actor):
            found += done
        return added_up(found)

    async def waiting(self, now: Instant) -> tuple[Tally, ...]:
        """What :meth:`run` would forget ``now``. Reads only."""
        return tuple([tally for rule in self._rules for tally in await self._store.read(ageing.waiting, rule, now)])

    async def unfinished(self, now: Instant) -> int:
        """How many tickets are old enough and stay, because somebody still works on them."""
        counts = [await self._store.read(ageing.unfinished, rule, now) for rule in self._rules if rule.what != "mails"]
        return max(counts, default=0)

    async def _step(self, now: Instant, actor: str = SYSTEM) -> tuple[Tally, ...]:
        """The next commit of the first rule by which anything is due; () where nothing is."""
        for rule in self._rules:
            if done := await self._store.write(ageing.forget_next, rule, now, self._batch, actor):
                self._traces = True
                return done
        return ()

    async def wipe(self) -> bool:
        """Leave no trace in the word index and the log; False where a reader holds the log: try again later."""
        if self._traces:
            self._traces = not await self._store.purge()
        return not self._traces

    def _night_after(self, when: Instant) -> Instant:
        local = moment(when).astimezone(self._zone)
        night = datetime.combine(local.date(), NIGHT, self._zone)
        return instant(
            night if night > local else datetime.combine(local.date() + timedelta(days=1), NIGHT, self._zone)
        )


def _restart(sql: Sql, now: Instant) -> None:
    sql("DELETE FROM cursors WHERE library = :library AND name = :name", name=CURSOR)
    notices.move_cursor(sql, CURSOR, now)


def added_up(found: Iterable[Tally]) -> tuple[Tally, ...]:
    """One tally for each rule and line, in the order in which they were first met."""
    sums: dict[tuple[Rule, str], Tally] = {}
    for each in found:
        key = (each.rule, each.line)
        before = sums[key].gone if key in sums else Gone()
        sums[key] = Tally(rule=each.rule, line=each.line, gone=before + each.gone)
    return tuple(sums.values())


NO_RULE = "No rule is set in [retention]: nothing is forgotten by itself."


def told(found: Iterable[Tally], *, dry_run: bool) -> tuple[str, ...]:
    """What went, or would go, in lines: by rule and line."""
    lines = [f"  {each.rule.setting} ({plural(each.rule.days, 'day')}){_on(each)}: {each.gone}" for each in found]
    if not lines:
        return ("Nothing is old enough to be forgotten.",)
    return ("Would be forgotten:" if dry_run else "Forgotten:", *lines)


def _on(tally: Tally) -> str:
    return f", line {tally.line}" if tally.line else ", at the desk and by phone"
