"""Queries of every kind, for tests that hold for all of them."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from helpdesk.clock import DAY, HOUR, MINUTE, SECOND
from helpdesk.queries import FIELDS, Compared, Day, Field, Length, Query, Sign, Term
from helpdesk.queries.fields import ANY, Takes

texts = st.text(min_size=1, max_size=8).filter(str.strip) | st.text('a"\\ ,:<>=#-', min_size=1, max_size=6).filter(
    str.strip
)
lengths = st.builds(
    lambda n, unit: Length(n * unit), st.integers(0, 5000), st.sampled_from([SECOND, MINUTE, HOUR, DAY, 7 * DAY])
)
days = st.sampled_from(["today", "yesterday"]) | st.dates(date(1971, 1, 1), date(9000, 1, 1)).map(date.isoformat)
sides = st.sampled_from([Sign.LESS, Sign.AT_MOST, Sign.MORE, Sign.AT_LEAST])
signs = st.sampled_from(Sign)


def _named(field: Field) -> st.SearchStrategy[tuple[str, ...]]:
    """Names, and the words that the field takes besides, as they are written."""
    names = texts.filter(lambda name: name.lower() not in field.choices)
    values = st.sampled_from(sorted(field.choices)) | names if field.choices else names
    return st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)


def _chosen(field: Field) -> st.SearchStrategy[tuple[str, ...]]:
    words = [str(word) for word in field.choices if word != ANY]
    some = st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True).map(tuple)
    return some | st.just((ANY,)) if field.name == "state" else some


def of(field: Field) -> st.SearchStrategy[Term]:
    """Terms of a field."""
    without = st.booleans()
    if field.takes is Takes.CHOICE:
        return st.builds(Term, field=st.just(field.name), values=_chosen(field), without=without)
    if field.takes is Takes.NAME:
        return st.builds(Term, field=st.just(field.name), values=_named(field), without=without)
    compared = st.builds(Compared, sides, lengths)
    if field.takes is Takes.TIME:
        compared |= st.builds(Compared, signs, days.map(Day))
    if field.takes is Takes.NUMBER:
        compared = st.builds(Compared, signs, st.integers(0, 2**53 - 1))
    return st.builds(Term, field=st.just(field.name), compared=compared, without=without)


words = texts.map(lambda text: Term(field="", values=(text,)))
queries = st.lists(st.one_of(words, *map(of, FIELDS.values())), max_size=6).map(lambda terms: Query(tuple(terms)))
