"""The colours of the desk: quiet, with one accent; two for what needs somebody."""

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
    background="#15181d",
    surface="#1b1f26",
    panel="#222730",
    variables={
        "dim": "#9aa3af",
        "faint": "#8d96a2",
        "strong": "#f1f3f6",
        "row": "#252c37",
        "rule": "#2a303a",
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
    surface="#f1efea",
    panel="#e9e6df",
    variables={
        "dim": "#565d66",
        "faint": "#60666d",
        "strong": "#101317",
        "row": "#e2e8ee",
        "rule": "#dcd8cf",
    },
)

THEMES = (DARK, LIGHT)
"""All of them, the default first."""
