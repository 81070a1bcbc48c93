"""The automatic texts of every text line, as the settings say: the file that ``texts`` names, over our own wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helpdesk.config import LineSettings, Settings
from helpdesk.errors import BadConfig
from helpdesk.message import Channel, LineId
from helpdesk.noise.texts import Filling, Texts
from helpdesk.noise.texts_file import texts_from_toml
from helpdesk.places import toml_file
from helpdesk.settings.zoning import zone_plan
from helpdesk.zones import EMPTY, Plan


def texts_of(settings: Settings, plan: Plan = EMPTY) -> dict[LineId, Texts]:
    """The texts of every line of text messages, which name the zones of ``plan``.

    BadConfig, a line for each problem, where a text can't be sent as it stands.
    """
    lines = settings.lines_of(Channel.SMS)
    fillings = {name: _filling(settings, line, plan) for name, line in lines.items()}
    given = toml_file(settings.texts, setting="texts") if settings.texts is not None else None
    return {LineId(name): texts for name, texts in texts_from_toml(given, fillings).items()}


def checked_texts(settings: Settings) -> dict[LineId, Texts]:
    """:func:`texts_of` with the plan that the settings name; where that can't be read it is left out."""
    try:
        plan = zone_plan(settings)
    except BadConfig:
        plan = EMPTY  # what is wrong with it is told when it is read itself
    return texts_of(settings, plan)


def unapproved(texts: Mapping[LineId, Texts]) -> Iterator[str]:
    """What to say, loudly, of each line whose crisis texts are not all approved: those are not sent."""
    for line, each in texts.items():
        if missing := each.unapproved:
            names = ", ".join(f"crisis_{concern}" for concern in missing)
            yield (
                f"line {line}: whoever texts of danger gets NO crisis text: {names} "
                f"{'are' if len(missing) > 1 else 'is'} not approved. Write them in the file that the setting `texts` "
                "names, with approved_by and approved_on (docs/noiseline-texts.md)"
            )


def _filling(settings: Settings, line: LineSettings, plan: Plan) -> Filling:
    zones = plan.of_site(line.site) or plan.zones
    return Filling(
        kind=line.kind,
        sealed=line.policy == "sealed",
        library=settings.library.name,
        call=line.call,
        greeting=line.greeting,
        zones=tuple(zone.name for zone in zones),
    )
