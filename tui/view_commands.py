"""Commands about what the list shows: a part of the one table, :mod:`tui.commands`."""

from __future__ import annotations

from tui.command import BROWSING, LIST, LOOK, Command, Takes

VIEW_COMMANDS: tuple[Command, ...] = (
    Command(
        id="view",
        keys=("1", "2", "3", "4", "5", "6", "7", "8", "9", "0"),
        label="views",
        help="The views, in the order of the tabs",
        where=LIST,
        group=LOOK,
        shown="1-9  0",
        takes=Takes(words="3, or a name", among="views"),
    ),
    Command(
        id="filter",
        keys=("slash",),
        label="filter",
        help="Narrow the list by a query, or by words",
        where=LIST,
        group=LOOK,
        footer=8,
        takes=Takes(words="channel:sms printer"),
    ),
    Command(
        id="unfilter",
        keys=(),
        label="show all",
        help="Show all of the view again (esc does so, too)",
        where=LIST,
        group=LOOK,
        shown=":unfilter",
    ),
    Command(
        id="search",
        keys=("f3",),
        label="search",
        help="Find words in all messages, whatever their state",
        where=BROWSING,
        group=LOOK,
        footer=13,
        loud=16,
        takes=Takes(words="words to find"),
    ),
    Command(
        id="save_view",
        keys=(),
        label="save view",
        help="Save what the list shows as a view of my own",
        where=LIST,
        group=LOOK,
        shown=":save_view",
        takes=Takes(words="Printers on 7"),
    ),
    Command(
        id="share_view",
        keys=(),
        label="share view",
        help="Save what the list shows as a view for everybody",
        where=LIST,
        group=LOOK,
        shown=":share_view",
        takes=Takes(words="Printers on 7"),
    ),
    Command(
        id="rename_view",
        keys=(),
        label="rename view",
        help="Give the saved view another name, or another key",
        where=LIST,
        group=LOOK,
        shown=":rename_view",
        takes=Takes(words="Copiers on 8"),
    ),
    Command(
        id="drop_view",
        keys=(),
        label="drop view",
        help="Drop a saved view",
        where=LIST,
        group=LOOK,
        shown=":drop_view",
        takes=Takes(words="its name", among="saved"),
    ),
)
"""The views, the filter, the search, and the views that staff save."""
