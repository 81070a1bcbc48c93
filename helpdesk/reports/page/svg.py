"""Shapes as SVG text: escaped, in few digits, and painted twice.

Each shape carries its paint as attributes, for readers that know no style sheet inside a drawing (the PDF's), and a
class, by which the page's style sheet repaints it for a dark screen.
"""

from __future__ import annotations

from markupsafe import Markup, escape

INK, SOFT, HAIR, PAPER = "#1d2125", "#454b51", "#d5d2c8", "#ffffff"
ACCENT, MID, TINT, PROMISE = "#0b5a58", "#6ea8a3", "#e4efec", "#8a2413"

PAINT: dict[str, dict[str, str]] = {
    "ink": {"fill": INK},
    "soft": {"fill": SOFT},
    "promised": {"fill": PROMISE},
    "grid": {"stroke": HAIR, "stroke-width": "1"},
    "axis": {"stroke": SOFT, "stroke-width": "1"},
    "whisker": {"stroke": ACCENT, "stroke-width": "2"},
    "whisker few": {"stroke": ACCENT, "stroke-width": "2", "stroke-dasharray": "3 3"},
    "promise-line": {"stroke": PROMISE, "stroke-width": "2", "stroke-dasharray": "7 3"},
    "path": {"stroke": ACCENT, "stroke-width": "2", "fill": "none", "stroke-linejoin": "round"},
    "full": {"fill": ACCENT, "stroke": ACCENT, "stroke-width": "2"},
    "open": {"fill": PAPER, "stroke": ACCENT, "stroke-width": "2"},
    "half": {"fill": ACCENT},
    "band": {"fill": TINT},
    "limit": {"stroke": SOFT, "stroke-width": "1", "stroke-dasharray": "2 3"},
    "centre": {"stroke": SOFT, "stroke-width": "1"},
    "signal": {"fill": "none", "stroke": PROMISE, "stroke-width": "2"},
    "staffed": {"fill": TINT, "stroke": HAIR, "stroke-width": "1"},
    "partly": {"fill": PAPER, "stroke": HAIR, "stroke-width": "1", "stroke-dasharray": "3 2"},
    "unstaffed": {"fill": PAPER, "stroke": PAPER, "stroke-width": "1"},
    "came": {"fill": MID},
    "missed": {"fill": PROMISE, "stroke": PAPER, "stroke-width": "1"},
}
"""How shapes of a class look on white paper; the style sheet has the same classes by variables."""

FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def tag(name: str, look: str = "", *inside: Markup | str, **attributes: float | str) -> Markup:
    """An element; ``look`` names its class and paint. ``view_box`` is written viewBox, ``text_anchor`` text-anchor."""
    given = {"class": look, **PAINT.get(look, {})} if look else {}
    given |= {_attribute(key): value if isinstance(value, str) else number(value) for key, value in attributes.items()}
    shown = "".join(f' {escape(key)}="{escape(value)}"' for key, value in given.items())
    if not inside:
        return Markup(f"<{escape(name)}{shown}/>")
    return Markup(f"<{escape(name)}{shown}>{Markup('').join(inside)}</{escape(name)}>")


def _attribute(key: str) -> str:
    return "viewBox" if key == "view_box" else key.replace("_", "-")


def line(look: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """A straight line."""
    return tag("line", look, x1=x1, y1=y1, x2=x2, y2=y2)


def box(look: str, x: float, y: float, width: float, height: float) -> Markup:
    """A rectangle."""
    return tag("rect", look, x=x, y=y, width=width, height=height)


def disc(look: str, x: float, y: float, radius: float) -> Markup:
    """A circle."""
    return tag("circle", look, cx=x, cy=y, r=radius)


def label(text: str, x: float, y: float, *, look: str = "soft", anchor: str = "start") -> Markup:
    """Words. A class beside the paint ("soft minor") may hide them on a narrow screen."""
    paint = PAINT[look.split()[0]]
    shown = {"class": look, **paint, "x": number(x), "y": number(y)}
    if anchor != "start":
        shown["text-anchor"] = anchor
    attributes = Markup("").join(Markup(' {}="{}"').format(key, value) for key, value in shown.items())
    return Markup("<text{}>{}</text>").format(attributes, text)


def drawing(name: str, title: str, told: str, width: float, height: float, *shapes: Markup) -> Markup:
    """A whole picture: ``title`` says what it is, ``told`` what it shows, for those who can't see it."""
    return tag(
        "svg",
        "chart",
        tag("title", "", escape(title), id=f"{name}-title"),
        tag("desc", "", escape(told), id=f"{name}-told"),
        *shapes,
        xmlns="http://www.w3.org/2000/svg",
        view_box=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-told",
        font_family=FONT,
        font_size="13",
    )
