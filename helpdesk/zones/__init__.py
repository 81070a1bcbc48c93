"""Where in the library a text is about: the plan of its zones, and the reader that finds one in a text.

``plan``      zones as a library writes them in TOML: site, floor, kind, poster code, other names, rooms
``words``     what people write for floors, kinds and parts of a building
``floors``    every way of writing a floor, as one name
``reading``   a text, a plan and the line's site, and out comes a zone, or what to ask back

Pure: no file, no clock, no state.
"""

from helpdesk.zones.plan import EMPTY, Plan, Zone, ZoneKind, plan_from_toml
from helpdesk.zones.reading import Placed, read_place

__all__ = ["EMPTY", "Placed", "Plan", "Zone", "ZoneKind", "plan_from_toml", "read_place"]
