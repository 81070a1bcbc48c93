"""What the parts of a house go by, made of the settings and the files that they name: at the start and on a reload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from helpdesk.chats import Chats
from helpdesk.chatting import Manner, manner_of
from helpdesk.config import LineSettings, Settings
from helpdesk.desk import LocalDesk, Standings
from helpdesk.escalation import DutyList, Escalation
from helpdesk.forgetting import Forgetting, rules_of
from helpdesk.ids import Ids
from helpdesk.incidents import LocalNoise
from helpdesk.intake import Intake
from helpdesk.limits import Limits
from helpdesk.lines import limits_of
from helpdesk.listening import Listening
from helpdesk.looking_ahead import Kept
from helpdesk.message import Channel, LineId
from helpdesk.noise.rules import NoiseRules
from helpdesk.noise.texts import Texts
from helpdesk.outbox import Outbox
from helpdesk.probing import Probing
from helpdesk.reloading import Commit, Taker
from helpdesk.reports.standing import Bands, standing
from helpdesk.reports_asked import LocalReports
from helpdesk.rulebook import Rulebook
from helpdesk.settings.noise import noise_rules
from helpdesk.settings.rules import problems
from helpdesk.settings.sorting import sorts_of
from helpdesk.settings.wording import texts_of
from helpdesk.settings.zoning import zone_plan
from helpdesk.sorts import Sorts
from helpdesk.store.verbs.ageing import Rule
from helpdesk.taking_back import Windows, windows
from helpdesk.zones import Plan


def sit(desk: LocalDesk, fit: Fit) -> None:
    """What staff choose from and look ahead by follows the settings."""
    desk.sorting.refit(fit.sorts, fit.settings.chat.handed_over)
    desk.chatting.refit(fit.manner)
    lines = {name: Kept(line.calendar, line.channel) for name, line in fit.settings.lines.items()}
    desk.openings.refit(lines, fit.settings.report.calendar)


def disagreements(settings: Settings) -> list[str]:
    """What does not agree between settings, a line each."""
    return [f"{'.'.join(key)}: {remedy}" for key, remedy in problems(settings)]


@dataclass(frozen=True, slots=True)
class Files:
    """What stands in the library's own files."""

    plan: Plan
    texts: Mapping[LineId, Texts]


def read_files(settings: Settings) -> Files:
    """Read them; BadConfig, with file and line, where one is wrong."""
    plan = zone_plan(settings)
    return Files(plan, texts_of(settings, plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One set of settings, as the parts need it.

    ``duty``      by which line and address the duty list is told
    ``is_open``   whether a line is staffed now; a line that is none of ours always is
    ``standing``  how the library stands, judged as its reports are
    ``windows``   how long replies can be taken back
    """

    settings: Settings
    lines: Mapping[LineId, LineSettings]
    titles: Mapping[str, str]
    limits: Mapping[LineId, Limits]
    duty_list: DutyList
    listening: Listening
    noise: NoiseRules
    sorts: Sorts
    manner: Manner
    is_open: Callable[[LineId], bool]
    standing: Standings
    forgotten: tuple[Rule, ...]
    windows: Windows

    @property
    def duty(self) -> frozenset[tuple[LineId, str]]:
        """See above."""
        return frozenset((each.line, each.address.value) for each in self.duty_list.duties)

    @property
    def channels(self) -> Mapping[LineId, Channel]:
        """The channel of each line."""
        return {name: line.channel for name, line in self.lines.items()}


def _is_open(lines: Mapping[LineId, LineSettings], rules: Rulebook, line: LineId) -> bool:
    """Whether a line is staffed now: its calendar is open, and nobody closed it by hand."""
    found = lines.get(line)
    return found is None or (rules.is_open(found.calendar) and rules.closed(found.channel, line) is None)


def fit(settings: Settings, files: Files, rules: Rulebook, ids: Ids) -> Fit:
    """Everything made; it reads nothing, and fails for nothing."""
    lines = {LineId(name): line for name, line in settings.lines.items()}
    return Fit(
        settings=settings,
        lines=lines,
        titles={name: line.title for name, line in settings.lines.items()},
        limits=limits_of(settings),
        duty_list=DutyList(settings=settings, plan=files.plan),
        listening=Listening(
            plan=files.plan,
            texts=files.texts,
            settings=settings.noise,
            is_open=rules.is_open,
            closed=rules.closed,
            hours=rules.hours,
            ids=ids,
        ),
        noise=noise_rules(settings, files.plan, files.texts),
        is_open=partial(_is_open, lines, rules),
        sorts=sorts_of(settings, files.plan),
        manner=manner_of(settings),
        standing=partial(standing, bands=_bands(settings)),
        forgotten=rules_of(settings),
        windows=windows(settings.desk.undo_seconds, settings.desk.undo_many_seconds),
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that take other settings while they work."""

    intake: Intake
    chats: Chats
    desk: LocalDesk
    noise: LocalNoise
    outbox: Outbox
    escalation: Escalation
    forgetting: Forgetting
    probing: Probing

    def taker(self, rules: Rulebook, ids: Ids) -> Taker:
        """Makes a fit of fresh settings, their files read again, which all parts then take in one go."""

        def take(settings: Settings) -> Commit:
            fresh = fit(settings, read_files(settings), rules, ids)
            return lambda: self._refit(fresh)

        return take

    def _refit(self, fresh: Fit) -> None:
        settings = fresh.settings
        sit(self.desk, fresh)
        self.desk.closings.refit(fresh.channels)
        self.desk.duty.most = settings.desk.chats_at_once
        self.intake.refit(fresh.lines, fresh.listening, fresh.duty)
        self.chats.refit(settings, fresh.is_open)
        self.desk.refit(fresh.titles, settings.desk.claim_minutes, fresh.standing, fresh.limits)
        self.desk.sending.windows = fresh.windows
        self.noise.refit(fresh.noise, fresh.is_open, fresh.limits)
        if isinstance(self.desk.reports, LocalReports):
            self.desk.reports.refit(settings)
        self.outbox.refit(fresh.limits)
        self.escalation.refit(fresh.duty_list)
        self.forgetting.refit(fresh.forgotten)
        self.probing.refit(settings, fresh.duty_list.duties)


def _bands(settings: Settings) -> Bands:
    """By whose rules the desk's figures are judged: the reports'."""
    report = settings.report
    return Bands(zone=settings.library.zone, few=report.few, amber_points=report.amber_points, calendar=report.calendar)
