"""What stays put when the worklist changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.worklist import Row
from tests.tui.rows import page
from tui.window import Window, moved, nearest_anchor, paged, read, settled, span, wanted

HEIGHT = 10


def opened(numbers: list[int], *, total: int | None = None) -> Window[Row]:
    """A view that was just opened."""
    return read(Window(), page(numbers, total=total), HEIGHT)


def test_opening_selects_the_first_ticket() -> None:
    """The most urgent one is under the cursor."""
    assert opened([7, 8, 9]).selected == "T7"


def test_moving_stops_at_both_ends() -> None:
    """There is nothing before the first and after the last."""
    window = opened([1, 2, 3])
    assert moved(window, -5, HEIGHT).cursor == 0
    assert moved(window, 99, HEIGHT).selected == "T3"


def test_the_selection_follows_its_ticket_when_rows_come_above() -> None:
    """Two urgent texts arrive: the cursor stays on the ticket, and at the top the new ones are seen."""
    window = moved(opened([1, 2, 3]), 1, HEIGHT)
    after = settled(window, page([8, 9, 1, 2, 3]), HEIGHT)
    assert (after.selected, after.cursor, after.top) == ("T2", 3, 0)


def test_a_scrolled_list_keeps_the_ticket_on_its_line() -> None:
    """Ten rows down, one more row above: everything on the screen stays where it is."""
    window = moved(opened(list(range(1, 60))), 30, HEIGHT)
    after = settled(window, page([99, *range(1, 60)]), HEIGHT)
    assert after.selected == window.selected
    assert after.cursor - after.top == window.cursor - window.top


def test_a_ticket_that_a_colleague_took_away_leaves_nothing_selected() -> None:
    """No key can hit the ticket that moved up into its line; the next move selects again."""
    window = moved(opened([1, 2, 3]), 1, HEIGHT)
    after = settled(window, page([1, 3]), HEIGHT)
    assert (after.selected, after.current, after.gone) == (None, None, 2)
    later = settled(after, page([1, 3, 4]), HEIGHT)
    assert (later.selected, later.gone) == (None, 2)
    assert moved(later, 1, HEIGHT).selected == "T3"
    assert moved(later, 1, HEIGHT).gone == 0


def test_ones_own_doing_selects_the_next_row() -> None:
    """x, x, x works down the list."""
    window = moved(opened([1, 2, 3]), 1, HEIGHT)
    assert settled(window, page([1, 3]), HEIGHT, follow=True).selected == "T3"
    last = moved(opened([1, 2]), 1, HEIGHT)
    assert settled(last, page([1]), HEIGHT, follow=True).selected == "T1"


def test_ones_own_doing_selects_again_where_nothing_was_selected() -> None:
    """The change was heard of before the verb's own answer came."""
    gone = settled(moved(opened([1, 2, 3]), 1, HEIGHT), page([1, 3]), HEIGHT)
    after = settled(gone, page([1, 3]), HEIGHT, follow=True)
    assert (after.selected, after.gone) == ("T3", 0)


def test_an_empty_list_has_no_selection_and_gets_one_with_its_first_row() -> None:
    """The queue was empty; a text comes."""
    window = opened([])
    assert (window.selected, window.cursor, window.top) == (None, 0, 0)
    assert settled(window, page([5]), HEIGHT).selected == "T5"


def test_the_list_emptied_by_others_says_so() -> None:
    """The last row went."""
    after = settled(opened([1]), page([]), HEIGHT)
    assert after.current is None


def test_what_is_needed_is_read_before_it_is_shown() -> None:
    """A screen above and below is in memory, and more is asked for in time."""
    window = opened(list(range(1, 139)), total=1_000_000)
    assert wanted(window, HEIGHT) is None
    down = moved(window, 130, HEIGHT)
    assert wanted(down, HEIGHT) is not None
    start, count = span(down.top, HEIGHT)
    assert start <= down.top - HEIGHT
    assert start + count >= down.top + 2 * HEIGHT


def test_deep_pages_are_read_from_the_nearest_known_row() -> None:
    """Near the top by counting, deep down from an anchor, after a great jump by counting again."""
    deep = read(Window(cursor=500_000, top=500_000), page([1, 2, 3], start=500_000, total=1_000_000), HEIGHT)
    assert nearest_anchor(deep, 12) is None
    near = nearest_anchor(deep, 500_100)
    assert near is not None
    assert near.index == 500_002
    assert nearest_anchor(deep, 900_000) is None


NUMBERS = st.lists(st.integers(1, 40), unique=True, max_size=40)


@given(NUMBERS, NUMBERS, st.integers(-3, 45), st.integers(1, 15), st.booleans())
def test_the_cursor_is_on_the_list_and_the_selection_true(
    before: list[int], after: list[int], cursor: int, height: int, follow: bool
) -> None:
    """Whatever changes: a selection is the row under the cursor, and the same ticket as before unless followed."""
    window = moved(read(Window(), page(before), height), cursor, height)
    fresh = settled(window, page(after), height, follow=follow)
    assert 0 <= fresh.cursor <= max(len(after) - 1, 0)
    assert 0 <= fresh.top <= max(len(after) - 1, 0)
    row = fresh.row(fresh.cursor)
    if fresh.selected is not None:
        assert row is not None
        assert row.id == fresh.selected
    if not follow and window.selected is not None:
        assert fresh.selected in {None, window.selected}


@given(
    st.integers(1, 60),
    st.lists(st.sampled_from(["down", "up", "page down", "page up", "top", "end", "live"]), max_size=20),
    st.data(),
)
def test_nothing_jumps_under_the_cursor(count: int, steps: list[str], data: st.DataObject) -> None:
    """Rows come and go above, at and below it, between keys of all kinds.

    The selected ticket stays selected, on its line of the screen: at the top of the list new ones come in above it, and
    where the list has grown too short the screen ends with it. If it leaves, the screen stands and nothing is selected.
    """
    numbers = list(range(100, 100 + count))
    window = read(Window(), page(numbers), HEIGHT)
    for step in steps:
        if step != "live":
            window = _key(window, step)
            continue
        before, fresh = window, _live(numbers, data)
        window = settled(before, page(fresh), HEIGHT)
        if before.selected is not None and int(before.selected[1:]) in fresh:
            assert window.selected == before.selected
            assert window.top <= window.cursor < window.top + HEIGHT
            stayed = window.cursor - window.top == before.cursor - before.top
            assert stayed or not before.top or window.top in {0, max(len(fresh) - HEIGHT, 0)}
        elif before.selected is not None and fresh:
            assert window.selected is None
            assert window.gone == int(before.selected[1:])
            assert window.top == min(before.top, max(len(fresh) - HEIGHT, 0))
            assert window.cursor == min(before.cursor, len(fresh) - 1)
        numbers = fresh


def _key(window: Window[Row], step: str) -> Window[Row]:
    match step:
        case "down" | "up":
            return moved(window, window.cursor + (1 if step == "down" else -1), HEIGHT)
        case "page down" | "page up":
            return paged(window, 1 if step == "page down" else -1, HEIGHT)
        case _:
            return moved(window, 0 if step == "top" else window.total - 1, HEIGHT)


def _live(numbers: list[int], data: st.DataObject) -> list[int]:
    """The list after some left it and others came, anywhere."""
    gone = data.draw(st.sets(st.sampled_from(numbers), max_size=3)) if numbers else set()
    fresh = [each for each in numbers if each not in gone]
    for new in data.draw(st.lists(st.integers(1000, 9999), max_size=3, unique=True)):
        if new not in fresh:
            fresh.insert(data.draw(st.integers(0, len(fresh))), new)
    return fresh


@given(st.integers(1, 500), st.lists(st.sampled_from([1, -1]), max_size=30), st.integers(1, 30))
def test_paging_keeps_the_cursor_on_the_screen(total: int, steps: list[int], height: int) -> None:
    """A page on, a page back."""
    window = read(Window(), page(list(range(1, total + 1))), height)
    for step in steps:
        window = paged(window, step, height)
        assert window.top <= window.cursor < window.top + height
