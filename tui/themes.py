"""The colours of the desk: quiet, with one accent; two for what needs somebody.

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
        "faint": "#60666d",
        "strong": "#101317",
        "row": "#e3e5e8",
        "rule": "#d5d5d2",
    },
)

THEMES = (DARK, LIGHT)
"""All of them, the default first."""
