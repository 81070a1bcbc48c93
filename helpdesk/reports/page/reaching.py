"""What the public is told besides figures: promises in force, lines as on posters, hours, a line of contact."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.clock import Instant
from helpdesk.config import LineSettings, Settings
from helpdesk.hours.calendars import Frozen, frozen_from_text
from helpdesk.message import Channel
from helpdesk.standards import Published, Standard


@dataclass(frozen=True, slots=True)
class Way:
    """A line: what it is called, its address, and where a click on that leads ("" for nowhere)."""

    title: str
    address: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """What the page says besides figures.

    ``calendars``  those in force, the library's own first
    ``promises``   the standards in force, by name
    """

    contact: str = ""
    ways: tuple[Way, ...] = ()
    calendars: tuple[Frozen, ...] = field(default=(), repr=False)
    promises: tuple[Standard, ...] = ()


def reaching(settings: Settings, published: Published, now: Instant) -> Reaching:
    """From the settings and what is published. Of a line only its title and its address are told, sealed or not."""
    return Reaching(
        contact=settings.report.contact,
        ways=tuple(_way(name, line, settings.web.public_url) for name, line in settings.lines.items()),
        calendars=_calendars(settings, published, now) if settings.calendars else (),
        promises=tuple(version.standard for version in published.versions_at(now)),
    )


def _way(name: str, line: LineSettings, site: str) -> Way:
    match line.channel:
        case Channel.SMS:
            return Way(line.title, line.address, f"sms:{line.address}")
        case Channel.MAIL:
            return Way(line.title, line.address, f"mailto:{line.address}")
        case Channel.CHAT:
            page = f"{site.rstrip('/')}/chat/{name}"
            return Way(line.title, page, page)
    return Way(line.title, line.address, "")


def _calendars(settings: Settings, published: Published, now: Instant) -> tuple[Frozen, ...]:
    """The calendar of reports, then those of lines, each as it counts now."""
    names = [settings.report.calendar, *(line.calendar for line in settings.lines.values())]
    found = [published.calendars_for(name, now) for name in dict.fromkeys(filter(None, names))]
    return tuple(frozen_from_text(versions[0].text) for versions in found if versions)
