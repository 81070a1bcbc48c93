"""Where a visitor comes from, and how fast they may go: pure rules, no server."""

from __future__ import annotations

import pytest

from helpdesk.clock import ManualClock
from helpdesk.errors import BadConfig
from helpdesk.visitors import Origins, Proxies, Rate


def test_only_trusted_proxies_are_believed() -> None:
    """The rightmost hop that is no proxy of ours; whatever a visitor writes to its left changes nothing."""
    none, ours = Proxies(()), Proxies(("10.0.0.0/8", "::1"))
    assert none.visitor("203.0.113.9", ["198.51.100.7"]) == "203.0.113.9"
    assert ours.visitor("10.0.0.1", ["198.51.100.7"]) == "198.51.100.7"
    assert ours.visitor("10.0.0.1", ["1.2.3.4, 198.51.100.7, 10.9.9.9"]) == "198.51.100.7"
    assert ours.visitor("10.0.0.1", ["1.2.3.4", "198.51.100.7:4711"]) == "198.51.100.7"
    assert ours.visitor("203.0.113.9", ["198.51.100.7"]) == "203.0.113.9"
    assert ours.visitor("10.0.0.1", ["nonsense"]) == "nonsense"
    assert ours.visitor("10.0.0.1", []) == "10.0.0.1"
    assert ours.visitor("::ffff:10.0.0.1", ["[2001:db8::1]:80"]) == "2001:db8::/64"
    assert none.visitor("2001:db8::1", []) == none.visitor("2001:db8::ffff", [])


def test_origins_are_compared_as_browsers_write_them() -> None:
    """Letter case, the scheme's own port and a path make no difference; another port or scheme does."""
    origins = Origins("https://Library.example:443/desk/", ("https://www.example",))
    assert origins.own == "https://library.example"
    assert origins.admits("https://library.example")
    assert origins.admits("https://www.example")
    assert not origins.admits("http://library.example")
    assert not origins.admits("https://library.example:8443")
    assert not origins.admits("")


@pytest.mark.parametrize("origin", ["library.example", "", "javascript:alert(1)", "https://"])
def test_a_setting_that_is_no_site_names_its_key(origin: str) -> None:
    """Nothing starts with an origin that no browser would ever send."""
    with pytest.raises(BadConfig, match=r"chat\.origins"):
        Origins("https://library.example", (origin,))


def test_a_setting_that_is_no_address_names_its_key() -> None:
    """Nothing starts with a proxy that would never be recognised."""
    with pytest.raises(BadConfig, match=r"web\.trusted_proxies"):
        Proxies(("proxy.example",))


def test_a_rate_lets_through_what_it_promises_and_forgets() -> None:
    """Ten a minute, all at once or spread, for each key alone; keys whose room is full again take no memory."""
    clock = ManualClock()
    rate = Rate(clock, 10)
    assert [rate.take("ana") for _ in range(10)] == [0] * 10
    assert rate.take("ana") == 6
    assert rate.take("ben") == 0
    clock.passes(seconds=6)
    assert rate.take("ana") == 0
    assert rate.take("ana") == 6
    for n in range(10_000):
        rate.take(f"visitor {n}")
    clock.passes(minutes=2)
    for n in range(10_000, 25_000):
        rate.take(f"visitor {n}")
        clock.passes(seconds=60)
    assert len(rate._full_at) < 5_000
