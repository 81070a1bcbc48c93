"""What staff type is read, or it is said where and why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.clock import HOUR, MINUTE
from helpdesk.queries import FIELDS, LONGEST, Compared, Day, Length, NotAQuery, Query, Sign, Term, read, written
from tests.queries.queries import queries


@given(query=queries)
def test_what_is_written_is_read_again(query: Query) -> None:
    """Reading what a query is written as gives that query, whatever its values hold."""
    text = written(query)
    if len(text) <= LONGEST:
        assert read(text) == query


@given(text=st.text(max_size=40) | st.text('chanel:"\\,-#<>=1md ', max_size=20))
def test_whatever_is_typed_is_a_query_or_says_where_it_is_none(text: str) -> None:
    """Nothing else is raised; the place lies in the text; and what could be read is written the same way twice."""
    found = tried(text)
    if isinstance(found, NotAQuery):
        assert 0 <= found.begin < found.end <= max(len(text), found.begin + 1)
        assert str(found).endswith((".", "?"))
    else:
        assert written(read(written(found))) == written(found)


def tried(text: str) -> Query | NotAQuery:
    """The query, or why it is none."""
    try:
        return read(text)
    except NotAQuery as error:
        return error


def test_every_term_of_a_query() -> None:
    """Fields, several values, a minus, quotes, a number, and words."""
    typed = 'channel:sms,Chat -owner:me breaching:<10m opened:>=2026-11-01 site:"Main & North" #12 lost "big card"'
    assert read(typed).terms == (
        Term(field="channel", values=("sms", "chat")),
        Term(field="owner", values=("me",), without=True),
        Term(field="breaching", compared=Compared(Sign.LESS, Length(10 * MINUTE))),
        Term(field="opened", compared=Compared(Sign.AT_LEAST, Day("2026-11-01"))),
        Term(field="site", values=("Main & North",)),
        Term(field="number", compared=Compared(Sign.IS, 12)),
        Term(field="", values=("lost",)),
        Term(field="", values=("big card",)),
    )
    assert read(typed).words == "lost big card"
    assert written(read(typed)) == (
        'channel:sms,chat -owner:me breaching:<10m opened:>=2026-11-01 site:"Main & North" number:12 lost "big card"'
    )


def test_nothing_is_a_query() -> None:
    """It lists all that is to be worked on."""
    assert read("  ") == Query()


@pytest.mark.parametrize(
    ("typed", "wrong", "words"),
    [
        ("state:new chanel:sms", "chanel:", "There is no field chanel:; did you mean channel:?"),
        ("see http://x", "http:", 'There is no field http:. To look for the words, quote them: "http://x".'),
        ("channel:sms,mial", "mial", "channel: does not know 'mial'; did you mean mail?"),
        ("state:xyzzy", "xyzzy", "state: does not know 'xyzzy'; it takes new, open, waiting,"),
        ("tag:", "tag:", "Say what: for example tag:printer,copier."),
        ("is:", "is:", "Say what: is: takes unanswered, late,"),
        ("breaching:10m", "10m", "Say on which side of it: breaching:<10m or breaching:>10m."),
        ("age:<3x", "3x", "'3x' is no time that can be read here: write 30s, 10m, 2h, 3d or 1w."),
        ("updated:>2026-02-30", "2026-02-30", "today, yesterday or a date such as 2026-11-22."),
        ("breaching:<today", "today", "'today' is no time"),
        ("number:x", "x", "'x' is no ticket's number"),
        ("#", "#", "Say what: a number"),
        ("tag:a,,b", ",", "A value is missing beside this comma."),
        ("tag:a,", ",", "A value is missing beside this comma."),
        ('site:""', '""', "Type a value between the quotes."),
        ('"lost card', '"lost card', 'A quote is not closed: type another ".'),
        ('""', '""', "Type a word between the quotes."),
        ("-lost", "-lost", "A minus goes before a field"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(typed: str, wrong: str, words: str) -> None:
    """In a plain sentence, with the nearest known word."""
    with pytest.raises(NotAQuery) as error:
        read(typed)
    assert words in str(error.value)
    assert typed[error.value.begin : error.value.end] == wrong


def test_a_query_has_its_limits() -> None:
    """What is longer than a line, or has more terms than anybody can read, is none."""
    with pytest.raises(NotAQuery, match="400 characters"):
        read("x" * 401)
    with pytest.raises(NotAQuery, match="20 terms"):
        read("x " * 21)
    assert len(read("x " * 20).terms) == 20


def test_every_fields_example_is_about_it() -> None:
    """And lengths are written in the largest unit that fits."""
    for field in FIELDS.values():
        assert field.name in {term.field for term in read(field.example).terms}
    assert written(Query((Term(field="age", compared=Compared(Sign.MORE, Length(36 * HOUR))),))) == "age:>36h"
