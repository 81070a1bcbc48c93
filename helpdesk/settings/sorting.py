"""What the settings say of how contacts are sorted, as the desk needs it."""

from __future__ import annotations

from collections.abc import Iterable

from helpdesk.config import Settings
from helpdesk.contact_settings import PresetSettings
from helpdesk.message import Channel
from helpdesk.sorts import FIXED, Preset, Sorts
from helpdesk.zones import Plan


def sorts_of(settings: Settings, plan: Plan) -> Sorts:
    """Kinds and sites in the order in which they are written, then those of lines, presets and zones."""
    contacts, lines = settings.contacts, settings.lines.values()
    presets = tuple(_preset(int(digit), each) for digit, each in sorted(contacts.presets.items()))
    kinds = _each_once((*contacts.kinds, *(line.kind for line in lines), *(each.kind for each in presets)))
    sites = (*contacts.sites, *(line.site for line in lines), *(each.site for each in presets), *plan.sites)
    return Sorts(
        kinds=tuple(kind for kind in kinds if kind not in FIXED),
        sites=_each_once(sites),
        presets=presets,
        asks=contacts.ask,
    )


def _preset(number: int, preset: PresetSettings) -> Preset:
    return Preset(
        number=number,
        title=preset.title,
        channel=Channel(preset.channel),
        kind=preset.kind,
        site=preset.site,
        effort=preset.read,
        first_contact=preset.first_contact,
        tags=tuple(sorted(preset.tags)),
    )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word)
