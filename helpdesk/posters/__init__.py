"""Posters for the zones of a library: where to text, and what is promised.

::

    poster = poster_for(zone, settings)     what stands on it; Refused, in words, where no line can be named
    as_html(poster)                         one self-contained page, A4, for screen, paper and screen readers
    as_svg(poster)                          the same as a drawing, for whoever makes signs
    index_of(posters)                       a page that links them all

=======  =================================================================
poster   what stands on a poster (pure)
qr       the code that begins the text on a phone
drawing  the poster as SVG
sheets   the templates: poster.html, index.html, poster.css
=======  =================================================================
"""

from helpdesk.posters.drawing import as_svg
from helpdesk.posters.poster import Poster, poster_for
from helpdesk.posters.sheets import as_html, index_of

__all__ = ["Poster", "as_html", "as_svg", "index_of", "poster_for"]
