"""Where in the library a text is about: the plan of its zones, and the reader that finds one in a text.

``plan``      zones as a library writes them in TOML: site, floor, kind, poster code, other names, rooms
``reading``   a text, a plan and the line's site, and out comes a zone, or what to ask back; on its way:
              ``tokens``, ``spelling`` and ``sentence`` make words of a text and put slips right, by ``words``;
              ``times``, ``numbers``, ``storeys`` and ``descriptions`` find what is mentioned (``mentions``);
              ``roles`` tell how it is meant, ``judging`` what follows, ``protecting`` what a mask may spare
``atlas``     a plan made ready for that, by ``codes``, ``rooms`` and ``floors``

Pure: no file, no clock, no state. Who needs the reader imports it from ``reading``: a desk has zones, and reads none.
"""

from helpdesk.zones.plan import EMPTY, Plan, Zone, ZoneKind, plan_from_toml

__all__ = ["EMPTY", "Plan", "Zone", "ZoneKind", "plan_from_toml"]
