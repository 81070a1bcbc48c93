"""The line of views: what stands in it at every width."""

from __future__ import annotations

from helpdesk.worklist import View
from tests.tui.test_render import text
from tui.tabs import Going, tabs


def test_noise_that_goes_on_always_stands_behind_the_views() -> None:
    """However much there is, it stands; where nothing goes on it is not there."""
    assert text(tabs({}, View.OPEN, 120, Going(2))[0]).endswith("9 Done   I Noise 2")
    assert "Noise" not in text(tabs({}, View.OPEN, 120, Going(0))[0])
    full = dict.fromkeys(set(View) - {View.MUTED}, 1234)
    assert len(tabs(full, View.OPEN, 103, Going(2))) == len(tabs(full, View.OPEN, 103)) == 1
    assert text(tabs(full, View.OPEN, 103, Going(2))[0]).endswith("9:Done 99+ I:2")
    lines = [text(line) for line in tabs(full, View.OPEN, 80, Going(2, danger=True))]
    assert lines[-1].endswith("9 Done 999+  I Noise 2!")
    assert max(map(len, lines)) <= 80
    two = {View.UNANSWERED: 10, View.OPEN: 11, View.SMS: 8, View.MAIL: 3}
    assert text(tabs(two, View.UNANSWERED, 80, Going(3))[0]).endswith("9:Done I:3")
