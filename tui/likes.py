"""What the settings say of how the desk looks and sounds: keys, colours, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from helpdesk.config import DeskSettings
from helpdesk.quiet_spans import QuietSpan, quiet_span
from tui.alerts import Wanted
from tui.presets import PRESETS
from tui.signals import WAYS
from tui.themes import PREFIX, THEMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Likes:
    """What a desk opens with.

    ``keymap``  the preset whose keys the commands have
    ``keys``    other keys, by command id; they go before the preset's
    ``theme``   a theme's whole name
    ``bell``    ring the terminal's bell when somebody should look
    ``notices`` the way in which the terminal shows a notice, "auto" to find out, "none" for none
    ``wanted``  what is worth a call
    ``viewer``  the program that opens attachments, "" for the system's own, "none" for none
    ``viewer_in_terminal``  it runs on this terminal: the desk steps aside for it
    ``quiet``   when nobody is called, each day by the library's clock
    """

    keymap: str = PRESETS[0]
    keys: Mapping[str, str] = field(default_factory=dict)
    theme: str = THEMES[0].name
    bell: bool = True
    notices: str = WAYS[0]
    wanted: Wanted = field(default_factory=Wanted)
    viewer: str = ""
    viewer_in_terminal: bool = False
    quiet: tuple[QuietSpan, ...] = ()


def likes_of(settings: DeskSettings) -> Likes:
    """As the settings have it."""
    return Likes(
        keymap=settings.keymap,
        keys=settings.keys,
        theme=PREFIX + settings.theme,
        bell=settings.bell,
        notices=settings.notices,
        wanted=Wanted(new=settings.alert_new, soon=settings.alert_soon),
        viewer=settings.viewer,
        viewer_in_terminal=settings.viewer_in_terminal,
        quiet=tuple(map(quiet_span, settings.quiet)),
    )
