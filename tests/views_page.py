"""docs/views.md, made from the table of fields and the fixed views."""

from __future__ import annotations

from collections.abc import Iterator

from helpdesk.queries import FIELDS, FIXED, Field
from helpdesk.queries.fields import DAYS, LENGTHS, Takes

PAGE = """\
# Filters and views

A *query* says in a few words which contacts a list shows. You type one after `/` to narrow the list that you look at,
and a view is nothing but a query with a name.

```
channel:sms state:new breaching:<10m tag:printer -owner:me
```

That is: texts that nobody has taken up, due in less than ten minutes or late, tagged *printer*, and not mine.

- What stands between spaces must all hold. Several values with commas between: any of them (`channel:sms,chat`).
- A minus before a field turns it round: `-owner:me`, `-tag:printer,copier`.
- `none` is for what is not there: `owner:none`, `zone:none`, `tag:none`.
- Quotes hold words together: `site:"Main & North"`.
- Words that stand alone are looked for in the messages; all must be in one message, and the last one may be
  unfinished. They are found in names and subjects, too, as they stand there.
- Capital letters make no difference in fields and their own words.
- `#12` is ticket 12, whatever its state.
- A query that names no state is about what is to be worked on: new, open and waiting. `state:any` is about all.

What can't be read is marked where it is wrong, and the line says what to write. While you type, what could stand
there is offered: names of fields, then the values that your library knows.

A list shows all contacts of a query, the most urgent first; what is over is listed by its latest change. However long
the queue is, nobody waits for it: one look is at 20,000 contacts from where you stand, and where that was not all, the
list says *and more below* and counts on as you go down. A tab says *999+* beyond 1,000.

Words are another matter, as what they find lies all over the store: a list looks for them in the newest 1,000 messages
that hold them and in the names and subjects of the 5,000 most urgent contacts, a tab in 500 of each. Where that was not
all, the list says so: narrow it by a field, or let `F3` look in all messages.

## Fields

| field | what it says | for example |
| --- | --- | --- |
"""

VALUES = """
## What the fields take

`breaching:`, `waiting:`, `age:`, `opened:` and `updated:` compare: `<` less, `<=` at most, `>` more, `>=` at least,
and a time such as {lengths}. `opened:<2d` is less than two days ago. `opened:` and `updated:` also take days: {days};
`opened:today` is that day, `opened:>=2026-11-01` from then on, `opened:<2026-11-01` before it. Days are those of the
library's clock.
"""

FIXED_VIEWS = """
## The fixed views

The desk's own views are queries, too. A filter goes on from the view that it narrows: `owner:me state:closed` is what
Mine shows after `/state:closed`.

| view | query |
| --- | --- |
"""


def text() -> str:
    """The page."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield PAGE
    for field in FIELDS.values():
        yield f"| `{field.name}:` | {field.means} | `{field.example}` |\n"
    yield VALUES.format(lengths=LENGTHS, days=DAYS)
    for field in FIELDS.values():
        if field.choices:
            yield f"\n`{field.name}:` takes {_takes(field)}\n\n| word | meaning |\n| --- | --- |\n"
            yield "".join(f"| `{word}` | {means} |\n" for word, means in field.choices.items())
    yield FIXED_VIEWS
    for view, query in FIXED.items():
        yield f"| {view} | {f'`{query}`' if query else 'none: all that is to be worked on'} |\n"


def _takes(field: Field) -> str:
    return "one of these words, or several:" if field.takes is Takes.CHOICE else "a name, several, or:"
