"""How a terminal is told to call somebody: the bell, and the notices of those that know any. Pure.

Three ways are in use: ``OSC 9`` (iTerm2, WezTerm, Windows Terminal, ConEmu, Ghostty), ``OSC 777`` (rxvt, foot, VTE)
and ``OSC 99`` (kitty). Which one a terminal understands is told by its surroundings; what does not is sent none,
since some print what they don't know. Inside tmux the bytes are wrapped, and reach the terminal outside where
``allow-passthrough`` is on; screen passes them on wrapped in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui.plain import cut, one_line

BELL = "\a"
LONGEST = 120
"""The longest notice, in cells."""

WAYS = ("auto", "osc9", "osc777", "osc99", "none")
"""What the setting offers, the default first."""

_NINE = frozenset({"iTerm.app", "WezTerm", "ghostty"})
_NINE_BY = frozenset({"WT_SESSION", "WEZTERM_PANE", "ConEmuANSI"})
"""What only terminals that know OSC 9 put into the environment."""

_SEVENS = ("rxvt", "foot")
_VTE_KNOWS = 7000
"""VTE takes OSC 777 from this version on, as it writes versions."""


def way_of(environ: Mapping[str, str]) -> str:
    """Which notices the terminal understands by what it says of itself: "osc9", "osc777", "osc99", "none"."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if "KITTY_WINDOW_ID" in environ or term == "xterm-kitty":
        return "osc99"
    if program in _NINE or environ.get("LC_TERMINAL") == "iTerm2" or not environ.keys().isdisjoint(_NINE_BY):
        return "osc9"
    vte = environ.get("VTE_VERSION", "")
    if term.startswith(_SEVENS) or (vte.isascii() and vte.isdigit() and int(vte) >= _VTE_KNOWS):
        return "osc777"
    return "none"


def called(words: str, way: str, environ: Mapping[str, str]) -> str:
    """The bytes that show ``words`` outside the desk, "" where the terminal knows no way; never a control character.

    ``way``: as :func:`way_of` says, or as the settings have it; "auto" finds out.
    """
    way = way_of(environ) if way == "auto" else way
    said = _harmless(words)
    if way == "osc9":
        return _wrapped(f"\x1b]9;{said}\x1b\\", environ)
    if way == "osc777":
        return _wrapped(f"\x1b]777;notify;helpdesk;{said}\x1b\\", environ)
    if way == "osc99":
        return _wrapped(f"\x1b]99;i=helpdesk:d=0;helpdesk\x1b\\\x1b]99;i=helpdesk:p=body;{said}\x1b\\", environ)
    return ""


def _harmless(words: str) -> str:
    """One line without control characters, or a separator that a terminal would read."""
    kept = "".join(sign for sign in one_line(words) if sign.isprintable())
    return cut(kept.replace(";", ","), LONGEST)


def _wrapped(sequence: str, environ: Mapping[str, str]) -> str:
    """As it must be for what lies between the desk and the terminal."""
    if environ.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        parts = sequence.split("\x1b\\")
        return "".join(f"\x1bP{part}\a\x1b\\" for part in parts if part)
    return sequence
