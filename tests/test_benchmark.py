"""Figures of other libraries: read, refused in words, written and read again, set beside ours like to like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from helpdesk.errors import BadConfig, Refused
from helpdesk.reports.benchmark.comparison import Centre, Comparison, Place, compared, comparison, pooled
from helpdesk.reports.benchmark.likeness import likeness
from helpdesk.reports.benchmark.ours import exported, ours
from helpdesk.reports.benchmark.peers import Peer, distinct, peers_from_text, peers_text, read_peers, starter
from helpdesk.reports.period import Days
from helpdesk.reports.statistics import funnel
from helpdesk.reports.years import named, sconul_year
from helpdesk.standards import Measure, limit_from_text
from tests.made_reports import autumn, empty

OURS = Peer(
    institution="Moor Street Library",
    promise="We answer your e-mail within three working days.",
    channels=("mail",),
    measure=Measure.FIRST_RESPONSE,
    limit=limit_from_text("3 working days"),
    clock="working",
    working_day="end",
    period="2026-27",
    counted="census",
    target=9500,
    figure=9700,
    judged=1000,
    met=970,
    source="our log",
)
THEIRS = replace(OURS, institution="Fen Lane Library", figure=9400, met=1880, judged=2000, source="their page")


# The file


def test_the_starter_file_is_read_and_every_row_has_a_source() -> None:
    """It holds the published figures that we know of, none without its source."""
    peers = starter()
    assert len(peers) > 30
    assert all(peer.source and peer.institution for peer in peers)
    assert {peer.institution for peer in peers} >= {"University of Essex", "University of Leeds", "University of Hull"}


def test_the_starter_file_guesses_nothing() -> None:
    """A promise without a published result has no figure; a mean time is no share; nobody told how many were judged."""
    newcastle = next(peer for peer in starter() if peer.institution == "Newcastle University")
    assert newcastle.figure is None
    assert newcastle.judged == 3790
    assert [peer.institution for peer in starter() if peer.counted == "sample"] == ["University of St Andrews"]


def test_what_is_written_is_read_again() -> None:
    """A file of figures goes round: text, quotes and line breaks in it too."""
    odd = replace(THEIRS, note='Said "yes"\nand \\ no \x7f; ü', lowest=9012, highest=9950, figure=None, met=None)
    assert peers_from_text(peers_text([OURS, odd], head=["by us", ""]), "x.toml") == (OURS, odd)
    assert peers_from_text(peers_text(starter()), "x.toml") == starter()


def test_a_share_may_be_left_to_its_counts() -> None:
    """Met and judged alone give the figure, cut."""
    text = peers_text([OURS]).replace("figure = 97\n", "").replace("met = 970", "met = 969")
    assert peers_from_text(text, "x.toml")[0].figure == 9690


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('institution = "Moor Street Library"\n', "", "peers[1].institution: is missing; add it"),
        ('channels = ["mail"]', 'channels = ["email"]', "did you mean 'mail'?"),
        ('measure = "first_response"', 'measure = "answered"', "'answered' is not known here"),
        ('limit = "3 working days"', 'limit = "three days"', "write a limit as"),
        ('clock = "working"', 'clock = "wall"', "counts opening hours"),
        ("target = 95", "target = 9500", "write a percentage from 0 to 100, not 9500"),
        ("figure = 97", "figure = 79", "is 79 %, but 970 of 1000 are 97 %; mend one of the three"),
        ("judged = 1000", "judged = 12.5", "write a whole number of contacts"),
        ("met = 970", "met = 1970", "can't exceed it"),
        ("judged = 1000\n", "", "needs judged"),
        ('counted = "census"', 'counted = "all"', "'all' is not known here; known: census, sample"),
        ("figure = 97", "figur = 97", "did you mean 'figure'?"),
        ("figure = 97\n", "figure = 97\nlowest = 90\n", "lowest and highest belong together"),
        ("figure = 97\n", "lowest = 90\nhighest = 80\n", "lies above highest; swap them"),
        ('working_day = "end"', 'working_day = "noon"', "'noon' is not known here"),
        ("format = 1", "format = 2", "write format = 1 at the top"),
        ("format = 1", "", "write format = 1 at the top"),
        ("[[peers]]", "[[peer]]", "write [[peers]] tables"),
        ("[[peers]]", "[[peers]", "this is not TOML"),
    ],
)
def test_a_colleagues_file_with_an_error_is_refused_in_words(was: str, becomes: str, said: str) -> None:
    """The file, the line, the key and the remedy."""
    text = peers_text([OURS])
    assert was in text
    with pytest.raises(BadConfig) as refused:
        peers_from_text(text.replace(was, becomes), "fenlane.toml")
    assert said in str(refused.value)
    assert str(refused.value).startswith("fenlane.toml:")


def test_an_error_names_its_line() -> None:
    """So that it is found in a file of forty peers."""
    text = peers_text([THEIRS, OURS]).replace("target = 95", "target = 950")
    line = text.splitlines().index("target = 950") + 1
    with pytest.raises(BadConfig, match=rf"^x\.toml:{line}: peers\[1\]\.target: "):
        peers_from_text(text, "x.toml")


def test_a_figure_that_stands_twice_is_refused() -> None:
    """It would count twice in a mean."""
    with pytest.raises(BadConfig, match=r"peers\[2\].* stands in peers\[1\] already; leave one of them out"):
        peers_from_text(peers_text([OURS, OURS]), "x.toml")


def test_two_promises_with_one_wording_are_two() -> None:
    """Of two sites, say: what an export holds, it must be possible to read."""
    sites = [replace(OURS, note=f"Only the sites {site}.") for site in ("main", "annexe")]
    assert peers_from_text(peers_text(sites), "x.toml") == tuple(sites)
    assert distinct([*sites, *sites]) == tuple(sites)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    """In words, not with a traceback."""
    with pytest.raises(BadConfig, match="can't be read"):
        read_peers(tmp_path / "none.toml")
    (tmp_path / "peers.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(BadConfig, match="is not UTF-8"):
        read_peers(tmp_path / "peers.xls")


# Like beside like


def test_the_same_promise_is_alike() -> None:
    """Sixty seconds are a minute."""
    chat = replace(OURS, limit=limit_from_text("60 s"), clock="wall", working_day="")
    assert likeness(OURS, THEIRS).differing == likeness(OURS, THEIRS).unsaid == ()
    assert not likeness(chat, replace(chat, limit=limit_from_text("1 min"))).unlike


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ({"limit": limit_from_text("24 h"), "clock": "wall"}, "24 h of wall time is not 3 working days"),
        ({"limit": limit_from_text("2 working days")}, "2 working days is not 3 working days"),
        ({"channels": ("mail", "sms")}, "it is about mail and sms, ours about mail"),
        ({"channels": ("all",)}, "it is about every channel, ours about mail"),
        ({"measure": Measure.RESOLUTION}, "it times resolved, ours first response"),
        ({"counted": "sample"}, "it is a sample, ours every contact"),
        ({"working_day": "same time"}, "its working days end at the same time of day, ours at the last closing"),
    ],
)
def test_what_is_known_to_differ_is_refused_with_the_reason(theirs: dict[str, object], why: str) -> None:
    """Unlike promises are not ranked."""
    other = replace(THEIRS, **theirs)  # type: ignore[arg-type]
    found = comparison("mail", OURS, [other])
    assert found.alone
    assert [each.why for each in found.unlike] == [(why,)]


def test_the_same_minutes_by_another_clock_are_another_promise() -> None:
    """Fifteen minutes of wall time are not fifteen of opening hours."""
    noise = replace(OURS, limit=limit_from_text("15 working min"), working_day="")
    wall = replace(noise, limit=limit_from_text("15 min"), clock="wall")
    assert likeness(noise, wall).differing == ("15 min of wall time is not 15 working min",)
    unsaid = likeness(noise, replace(wall, clock=""))
    assert not unsaid.unlike
    assert unsaid.unsaid == ("its source does not say whether the 15 min run round the clock or in opening hours",)


def test_limits_of_another_manner_are_other_promises() -> None:
    """Two hours of the next shift are not two working hours; what was promised to each patron has no clock."""
    shift = replace(OURS, limit=limit_from_text("2 h of the next shift"), working_day="")
    hours = replace(shift, limit=limit_from_text("2 working hours"))
    early, late = (replace(shift, limit=limit_from_text(f"same day if before {hour}:00")) for hour in (14, 16))
    asked = replace(shift, limit=limit_from_text("as promised"), clock="", measure=Measure.KEEP_INFORMED)
    assert likeness(shift, hours).differing == ("2 working h is not 2 h of the next shift",)
    assert likeness(early, late).differing == ("same day if before 16:00 is not same day if before 14:00",)
    assert likeness(asked, replace(asked, institution="Weir")) == likeness(OURS, THEIRS)
    assert peers_from_text(peers_text([shift, early, asked]), "x.toml") == (shift, early, asked)


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ({"judged": None, "met": None}, "it does not say of how many contacts its share is"),
        ({"figure": None, "met": None}, "it publishes a promise and no figure"),
        ({"counted": ""}, "its source does not say whether every contact was counted or a sample"),
        ({"measure": None}, "its source does not say what is timed"),
        ({"channels": ()}, "its source does not say for which channels"),
        ({"working_day": ""}, "its source does not say when a working day ends"),
        (
            {"figure": None, "met": None, "lowest": 9000, "highest": 9500},
            "only its lowest and highest are published, no figure of the whole period",
        ),
    ],
)
def test_what_is_not_said_keeps_a_figure_out_of_the_funnel(theirs: dict[str, object], why: str) -> None:
    """It is listed beside it, and the reason with it."""
    found = comparison("mail", OURS, [replace(THEIRS, **theirs)])  # type: ignore[arg-type]
    assert found.alone
    assert [each.why for each in found.beside] == [(why,)]


def test_promises_about_other_contacts_stand_apart() -> None:
    """They are named, with the reason, and not among those of the same contacts."""
    found = comparison("mail", OURS, [replace(THEIRS, channels=("phone",)), replace(THEIRS, kind="complaint")])
    assert not found.unlike
    assert [each.why for each in found.elsewhere] == [
        ("it is about phone, ours about mail",),
        ("it is about contacts of the kind 'complaint', ours about contacts of every kind",),
    ]


# The funnel


def test_the_funnel_stands_around_our_promise() -> None:
    """Each share is held against the limits for its own number of contacts, which others' tests check."""
    late = replace(THEIRS, met=1860, figure=9300)
    found = comparison("mail", OURS, [replace(THEIRS, institution="Weir", judged=40, met=37, figure=9250), late])
    limits = funnel(9500, 2000)
    assert limits is not None
    assert (found.around, found.centre) == (Centre.PROMISE, 9500)
    assert [each.peer.institution for each in found.placed] == ["Moor Street Library", "Fen Lane Library", "Weir"]
    assert found.placed[1].limits == (limits.lower998, limits.lower95, limits.upper95, limits.upper998)
    assert [each.place for each in found.placed] == [Place.ABOVE, Place.FAR_BELOW, Place.WITHIN]


def test_a_small_library_is_not_called_an_outlier_by_chance() -> None:
    """The same share of few contacts says less."""
    small = replace(THEIRS, judged=50, met=45, figure=9000)
    large = replace(small, institution="Weir", judged=5000, met=4500)
    _, far, near = comparison("mail", OURS, [small, large]).placed
    assert (near.place, far.place) == (Place.WITHIN, Place.FAR_BELOW)


def test_around_the_pooled_mean() -> None:
    """All their contacts together: 970 of 1,000 and 1,880 of 2,000."""
    found = comparison("mail", OURS, [THEIRS], around=Centre.POOLED)
    assert found.centre == pooled([OURS, THEIRS]) == 9500
    rounded = replace(THEIRS, met=None, figure=9400)
    assert pooled([OURS, rounded]) == 9500


def test_a_promise_of_all_leaves_no_room_for_chance() -> None:
    """So the funnel is drawn around what they reach together, and says so."""
    found = comparison("mail", replace(OURS, target=10_000), [THEIRS])
    assert (found.around, found.centre) == (Centre.POOLED, 9500)


def test_our_own_row_in_the_file_is_not_a_peer() -> None:
    """A library that keeps its own export among the peers is not set beside itself."""
    found = compared(autumn(), [*ours(autumn()), *starter()])
    assert all(each.alone for each in found)


# Ours


def test_our_figures_are_exported_in_the_same_form(tmp_path: Path) -> None:
    """A colleague reads our file, and finds our figure in their funnel."""
    path = tmp_path / "moor-street.toml"
    path.write_text(exported(autumn()), "utf-8")
    peers = read_peers(path)
    assert peers == ours(autumn())
    found = {each.standard: each for each in compared(replace(autumn(), library="Fen Lane Library"), peers)}
    assert [each.peer.institution for each in found["noise-texts"].placed] == [
        "Fen Lane Library",
        "Moor Street Library",
    ]
    assert found["mail-answered"].placed[1].share == 9704


def test_the_export_holds_whole_standards_and_nothing_finer() -> None:
    """No ticket, no reason, no site, no hour, no name of staff."""
    text = exported(autumn())
    report = autumn()
    assert text.count("[[peers]]") == len(report.total.figures)
    for finer in ("annexe", "2904", "ill", "mfox", "11:00", "Power cut"):
        assert finer not in text


def test_the_export_says_what_its_figures_leave_out() -> None:
    """Suspended days and corrections are noted; a changed log is said at the head."""
    noise = next(peer for peer in ours(autumn()) if peer.kind == "noise")
    assert (
        noise.note == "31 contacts of suspended days are not in it. 8 corrected later: 86.9 % without the corrections."
    )
    changed = replace(autumn(), log=replace(autumn().log, whole=False, fault="Event 3 was changed."))
    assert "# The log did not pass its check: Event 3 was changed." in exported(changed).splitlines()
    assert all("The log did not pass its check." in peer.note for peer in ours(changed))


def test_the_same_report_gives_the_same_bytes() -> None:
    """Nothing hangs on a set's order or on when it is written."""
    assert exported(autumn()) == exported(autumn())


def test_nothing_judged_is_nothing_to_export() -> None:
    """A row needs a figure."""
    assert ours(empty()) == ()


def test_a_year_that_runs_is_said_to_run() -> None:
    """A half year's figure is not a year's."""
    running = autumn(days=Days(date(2026, 8, 1), date(2027, 8, 1)), began=date(2026, 9, 1))
    row = ours(running)[0]
    assert row.period == "2026-27"
    assert row.note == (
        "Up to 1 December 2026 at 09:00; the period is not over. From 1 September 2026, when the log begins."
    )


# The year


def test_the_sconul_year() -> None:
    """From 1 August to 31 July."""
    assert sconul_year("2026-27") == sconul_year(" 2026/2027 ") == Days(date(2026, 8, 1), date(2027, 8, 1))
    assert sconul_year("1999-00").begin == date(1999, 8, 1)
    assert named(sconul_year("2026-27")) == "2026-27"
    assert named(Days(date(2026, 9, 1), date(2026, 12, 1))) == "September to November 2026"
    assert named(Days(date(2026, 11, 1), date(2026, 12, 1))) == "November 2026"
    assert named(Days(date(2026, 11, 1), date(2027, 2, 1))) == "November 2026 to January 2027"
    assert named(Days(date(2026, 9, 2), date(2026, 9, 12))) == "2 to 11 September 2026"


@pytest.mark.parametrize("text", ["2026", "2026-28", "26-27", "2026-2028", "", "٢٠٢٦-27"])
def test_another_year_is_refused(text: str) -> None:
    """With the form it is written in."""
    with pytest.raises(Refused, match="Write the year as 2026-27"):
        sconul_year(text)


def test_the_comparison_is_pure() -> None:
    """The same report and peers give the same comparison."""
    first: tuple[Comparison, ...] = compared(autumn(), starter())
    assert first == compared(autumn(), starter())
