"""The query language of the worklist: what staff type after ``/``, and what a saved view is.

::

    channel:sms state:new breaching:<10m tag:printer -owner:me "quiet please"

Pure: no store and no terminal. A query is text; these modules say what it means.

==========  ===================================================================
terms       a query once it is understood, and how it is written
fields      the one table of fields: what each takes, with an example
reading     text into terms, or where and why it can't be read
completion  what could stand where the cursor is
fixed       the fixed views of the queue, as queries
==========  ===================================================================
"""

from helpdesk.queries.completion import Completion, Known, complete, doubts
from helpdesk.queries.fields import FIELDS, Field
from helpdesk.queries.fixed import FIXED, both
from helpdesk.queries.reading import LONGEST, NotAQuery, read
from helpdesk.queries.terms import Compared, Day, Length, Query, Sign, Term, written

__all__ = [
    "FIELDS",
    "FIXED",
    "LONGEST",
    "Compared",
    "Completion",
    "Day",
    "Field",
    "Known",
    "Length",
    "NotAQuery",
    "Query",
    "Sign",
    "Term",
    "both",
    "complete",
    "doubts",
    "read",
    "written",
]
