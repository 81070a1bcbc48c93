"""The colours of the desk: quiet, with one accent; two for what needs somebody.

A pair of them, dark and light, a pair of high contrast, and the terminal's own.

The grounds are nearly grey, so that a terminal of 256 colours finds a grey for each and not the blue of its cube.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="desk-dark",
    dark=True,
    primary="#7fb2d9",
    secondary="#7fb2d9",
    accent="#7fb2d9",
    warning="#dcae5c",
    error="#ec8178",
    success="#8fbc8b",
    foreground="#d3d7de",
    background="#16181c",
    surface="#1d2024",
    panel="#23272c",
    variables={
        "dim": "#9aa3af",
        "faint": "#929ba7",
        "strong": "#f1f3f6",
        "row": "#2b3036",
        "rule": "#33383f",
    },
)

LIGHT = Theme(
    name="desk-light",
    dark=False,
    primary="#1f5f8f",
    secondary="#1f5f8f",
    accent="#1f5f8f",
    warning="#8a5a00",
    error="#b3261e",
    success="#2f6b35",
    foreground="#2c3138",
    background="#faf9f6",
    surface="#efefed",
    panel="#e6e6e3",
    variables={
        "dim": "#565d66",
        "faint": "#575d64",
        "strong": "#101317",
        "row": "#e3e5e8",
        "rule": "#d5d5d2",
    },
)

CONTRAST_DARK = Theme(
    name="desk-contrast-dark",
    dark=True,
    primary="#8fd0ff",
    secondary="#8fd0ff",
    accent="#8fd0ff",
    warning="#ffd75f",
    error="#ffb3ab",
    success="#a8e6a1",
    foreground="#f2f2f2",
    background="#080808",
    surface="#1c1c1c",
    panel="#262626",
    variables={
        "dim": "#d7d7d7",
        "faint": "#cfcfcf",
        "strong": "#ffffff",
        "row": "#303030",
        "rule": "#9e9e9e",
    },
)

CONTRAST_LIGHT = Theme(
    name="desk-contrast-light",
    dark=False,
    primary="#003a70",
    secondary="#003a70",
    accent="#003a70",
    warning="#553300",
    error="#7a0010",
    success="#00400f",
    foreground="#101010",
    background="#ffffff",
    surface="#eeeeee",
    panel="#e4e4e4",
    variables={
        "dim": "#303030",
        "faint": "#383838",
        "strong": "#000000",
        "row": "#dadada",
        "rule": "#585858",
    },
)

ANSI = Theme(
    name="desk-ansi",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_blue",
    accent="ansi_blue",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "dim": "ansi_default",
        "faint": "ansi_default",
        "strong": "ansi_default",
        "row": "ansi_default",
        "rule": "ansi_default",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_blue",
        "screen-selection-foreground": "ansi_default",
    },
)
"""The terminal's own sixteen colours and its own ground: whoever chose those keeps them. What is faint is dim, and the
selected row is turned round, since nothing is known of how its greys look.
"""

THEMES = (DARK, LIGHT, CONTRAST_DARK, CONTRAST_LIGHT, ANSI)
"""All of them, the default first; F8 goes through them in this order."""

PREFIX = "desk-"


def short(theme: str) -> str:
    """A theme's name in the settings: "contrast-dark"."""
    return theme.removeprefix(PREFIX)
