"""The poster as an A4 drawing: text stays text, so that a sign maker can change its face."""

from __future__ import annotations

from markupsafe import Markup, escape

from helpdesk.posters import qr
from helpdesk.posters.poster import DANGER, PROMISES, Poster

WIDTH, HEIGHT, MARGIN = 210, 297, 18
"""A4, in millimetres."""

INK, ACCENT, PAPER = "#14181b", "#0b5a58", "#ffffff"
FACE = "'DejaVu Sans', 'Noto Sans', Arial, sans-serif"
BROAD = 0.69
"""How broad a letter is at most on average, in parts of its height: broad enough for capitals of the faces above."""


def as_svg(poster: Poster) -> str:
    """A stand-alone SVG document; what comes from data is escaped."""
    body = Markup("").join([_head(poster), _where_to(poster), _code(poster), _foot(poster)])
    return str(
        Markup(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm"'
            ' viewBox="0 0 {width} {height}" font-family="{face}" role="img" aria-labelledby="t d">\n'
            '<title id="t">{title}</title><desc id="d">{said}</desc>\n'
            '<rect width="{width}" height="{height}" fill="{paper}"/>\n{body}</svg>\n'
        ).format(
            width=WIDTH,
            height=HEIGHT,
            face=FACE,
            title=f"{poster.library}: {poster.place}",
            said=f"Too loud? Text {poster.zone.code} to {poster.shown}.",
            paper=PAPER,
            body=body,
        )
    )


def _head(poster: Poster) -> Markup:
    return Markup("").join(
        [
            Markup('<rect width="{0}" height="30" fill="{1}"/>\n').format(WIDTH, ACCENT),
            _line(poster.library, 20, 8, fill=PAPER, weight="bold"),
            _line("Too loud?", 58, 24, weight="bold"),
            *_block(poster.place, 72, 8),
        ]
    )


def _where_to(poster: Poster) -> Markup:
    said = f"{poster.zone.code} to {poster.shown}"
    return _line("Text", 104, 9) + _line(said, 121, 15, fill=ACCENT, weight="bold")


def _code(poster: Poster) -> Markup:
    return Markup('<svg x="{x}" y="130" width="80" height="80">{code}</svg>\n').format(
        x=(WIDTH - 80) / 2, code=qr.drawn(poster.address)
    ) + _line("Scan this, add what you hear, send.", 216, 6, anchor="middle")


def _foot(poster: Poster) -> Markup:
    lines = [_line(said, 230 + 7.5 * place, 5) for place, said in enumerate(PROMISES)]
    if poster.more:
        lines.append(_line(f"More: {poster.more}", 230 + 7.5 * len(PROMISES), 5))
    lines.append(_line(poster.rule, 272, 5.5, weight="bold"))
    lines.append(_line(DANGER, 285, 9, weight="bold"))
    return Markup("").join(lines)


def _block(text: str, top: float, size: float) -> list[Markup]:
    """Words over at most two lines, smaller where they need it."""
    lines = _broken(text, size)
    while len(lines) > 2 and size > 4:
        size -= 0.5
        lines = _broken(text, size)
    return [_line(each, top + size * 1.3 * place, size) for place, each in enumerate(lines)]


def _broken(text: str, size: float) -> list[str]:
    """Lines of whole words."""
    most = int((WIDTH - 2 * MARGIN) / (size * BROAD))
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _line(
    text: str, y: float, size: float, *, fill: str = INK, weight: str = "normal", anchor: str = "start"
) -> Markup:
    """One line, made as small as it must be to stay on the sheet."""
    size = min(size, (WIDTH - 2 * MARGIN) / (max(len(text), 1) * BROAD))
    x = WIDTH / 2 if anchor == "middle" else MARGIN
    return Markup(
        '<text x="{x:g}" y="{y:g}" font-size="{size:.3g}" fill="{fill}" font-weight="{weight}"'
        ' text-anchor="{anchor}">{text}</text>\n'
    ).format(x=x, y=y, size=size, fill=fill, weight=weight, anchor=anchor, text=escape(text))
