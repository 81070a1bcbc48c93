"""The code that begins the text on a phone."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup

QUIET = 4
"""The empty border that a reader needs, in modules (ISO/IEC 18004)."""


def drawn(address: str) -> Markup:
    """An SVG element without a size: black on what lies below, its border included. Damage up to 15 % is mended."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,
        border=QUIET,
        svgclass=None,
        lineclass=None,
    )
    return Markup(out.getvalue().decode())
