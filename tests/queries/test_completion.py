"""What is offered at the cursor goes on with what was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from helpdesk.queries import FIELDS, NotAQuery, complete, doubts, read

KNOWN = {
    "tag": {"printer": "", "lost-card": ""},
    "site": {"Main & North": "", "Maths": ""},
    "line": {"help": "Enquiries", "noise": "Noiseline"},
    "owner": {"ana": "Ana Pereira", "ben": "Ben"},
    "zone": {"l3-silent": "Level 3 silent study"},
}


def offered(text: str, cursor: int | None = None) -> list[str]:
    """The texts that could stand there."""
    return [each.text for each in complete(text, len(text) if cursor is None else cursor, KNOWN)]


def test_names_of_fields_come_first() -> None:
    """All of them where nothing is typed; those that begin so, also behind a minus and in any case."""
    assert offered("") == offered("tag:printer ") == [f"{name}:" for name in FIELDS]
    assert offered("o") == ["owner:", "opened:"]
    assert offered("-OW") == ["owner:"]
    assert offered("zzz") == []


def test_then_values_that_are_known() -> None:
    """The field's own words, and the library's; of a list the one that is being typed."""
    assert offered("channel:") == ["sms", "mail", "chat", "phone", "desk"]
    assert offered("channel:sms,ch") == ["chat"]
    assert offered("tag:p") == ["printer"]
    assert offered("owner:") == ["none", "me", "ana", "ben"]
    assert offered("site:ma") == ['"Main & North"', "Maths"]
    assert offered('site:"ma') == ['"Main & North"', "Maths"]
    assert offered("breaching:<") == ["<10m", "<1h"]
    assert offered("nosuch:x") == []


def test_a_name_is_found_by_what_it_stands_for() -> None:
    """A zone by its words, a member by their name."""
    assert offered("zone:sil") == ["l3-silent"]
    assert offered("owner:per") == ["ana"]


def test_what_is_taken_stands_in_its_place() -> None:
    """What follows the cursor in the same word goes; what stands around it stays."""
    (found,) = complete("state:new chan tag:printer", 13, KNOWN)
    assert found.taken("state:new chan tag:printer") == ("state:new channel: tag:printer", 18)
    (found,) = complete("channel:sm,mail x", 10, KNOWN)
    assert found.taken("channel:sm,mail x") == ("channel:sms,mail x", 11)


@given(text=st.text('chanel:"\\,-#<>=st ', max_size=14), cursor=st.integers(0, 14))
def test_it_never_breaks(text: str, cursor: int) -> None:
    """Whatever is typed, what is offered can be taken; it lies within the text."""
    for each in complete(text, cursor, KNOWN):
        assert 0 <= each.begin <= each.end <= len(text)
        taken, place = each.taken(text)
        assert taken[:place].endswith(each.text)


def test_every_word_that_is_offered_can_be_read() -> None:
    """For each field: the field with that value is a query."""
    for name in FIELDS:
        for value in offered(f"{name}:"):
            try:
                read(f"{name}:{value}")
            except NotAQuery as error:
                raise AssertionError(f"{name}:{value}") from error


def test_a_name_that_nobody_knows_is_doubted() -> None:
    """It is no error: it may be from long ago. Where the library's names are not known, nothing is."""
    assert doubts(read("line:hlep"), KNOWN) == "There is no line 'hlep' now; did you mean help?"
    assert doubts(read("owner:zoe"), KNOWN) == "There is no owner 'zoe' now."
    assert doubts(read("owner:me,none line:help zone:none tag:other"), KNOWN) == ""
    assert doubts(read("line:hlep"), {}) == ""
