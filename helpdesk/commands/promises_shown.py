"""Standards in words: those in force, and the history of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from helpdesk.clock import Instant, moment
from helpdesk.commands.publishing import in_force
from helpdesk.config import Settings
from helpdesk.errors import NotFound, Refused
from helpdesk.hours.differences import days_text
from helpdesk.ports import Sql
from helpdesk.reports.words import plain
from helpdesk.standards import Published, Standard, Version
from helpdesk.standards.differences import described, differences
from helpdesk.store.opening import open_reader
from helpdesk.store.verbs import figures
from helpdesk.store.verbs.figures import Suspended
from helpdesk.store.verbs.rulebook import Publication, publications
from helpdesk.tables import nearest_end


async def shown(settings: Settings, name: str, now: Instant) -> tuple[str, ...]:
    """The standards in force or to come, one of them where ``name`` is given; NotFound where there is none."""
    published = await _published(settings, name)
    held = {version.digest for version in published.versions_at(now)}
    versions = [each for each in published.standards(name) if each.digest in held or each.begins > now]
    said = await _said(settings)
    lines: list[str] = []
    for version in versions:
        if lines:
            lines.append("")
        lines += _block(version, now, settings.library.zone)
        lines += [_suspended(each) for each in said.suspensions if each.standard in {"", version.standard.name}]
    return tuple(lines) or (f"{name or 'No standard'} is not in force now. `helpdesk standards history` tells more.",)


async def history(settings: Settings, name: str) -> tuple[str, ...]:
    """Every version of a standard in the order of publishing, with who published it and what changed."""
    published = await _published(settings, name)
    by = {(each.digest, each.noted): each.by for each in (await _said(settings)).publications}
    lines: list[str] = []
    before: Standard | None = None
    for version in published.standards(name):
        standard = version.standard
        changed = differences(before.to_text(), standard.to_text()) if before else described(standard.to_text())
        who = by.get((version.digest, version.published), "")
        lines.append(_heading(version, settings.library.zone, who))
        lines += [f"  {plain(line)}" for line in changed]
        before = standard
    return tuple(lines)


def _block(version: Version, now: Instant, zone: str) -> Iterator[str]:
    yield version.standard.name
    for line in described(version.standard.to_text()):
        yield f"  {plain(line)}"
    holds = "holds since" if version.begins <= now else "holds from"
    ends = f", until {_stamp(version.ends, zone)}" if version.ends is not None else ""
    yield f"  {holds} {_stamp(version.begins, zone)}{ends}; version {version.digest[:8]}"


def _heading(version: Version, zone: str, who: str) -> str:
    by = f" by {who}" if who else ""
    return (
        f"published {_stamp(version.published, zone)}{by}, holds from {_stamp(version.begins, zone)}, "
        f"version {version.digest[:8]}"
    )


def _suspended(held: Suspended) -> str:
    last = held.end.fromordinal(held.end.toordinal() - 1)
    return f"  suspended {days_text(held.first, last)}: {plain(held.reason)} (by {held.by}; number {held.seq})"


def _stamp(when: Instant, zone: str) -> str:
    shown = moment(when).astimezone(ZoneInfo(zone))
    return f"{shown.day} {shown:%b %Y %H:%M}"


async def _published(settings: Settings, name: str) -> Published:
    published = await in_force(settings)
    known = {version.standard.name for version in published.standards()}
    if not known:
        raise Refused("Nothing is published yet. Run `helpdesk standards publish`.")
    if name and name not in known:
        raise NotFound(f"There is no standard {name!r}; {nearest_end(name, known)}")
    return published


@dataclass(frozen=True, slots=True)
class _Said:
    """What the log says of standards."""

    publications: tuple[Publication, ...]
    suspensions: tuple[Suspended, ...]


def _read(sql: Sql) -> _Said:
    return _Said(publications(sql, "standard"), figures.suspensions(sql))


async def _said(settings: Settings) -> _Said:
    async with open_reader(settings.store, library=settings.library.id) as store:
        return await store.read(_read)
