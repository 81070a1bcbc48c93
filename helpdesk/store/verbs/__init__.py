"""What the store can do, a file per noun.

A verb is a plain synchronous function whose first argument runs SQL. It runs whole, in one hop and one
transaction; it does no I/O, reads no time and mints no id: those come as arguments, and so does every rule
(what a ticket's life allows, which ticket a message belongs to, what the standards say).

==========  ====================================================================================
events      append facts, gapless and chained; read them on
tickets     read, change by a pure transition, save with counts; clocks follow each event
clocks      the stored projection of the log that orders the worklist and feeds the reports
views       pages and counts of the worklist
nearing     running clocks that breach next, and those that have
entries     what was written in a ticket, its files and its words
receiving   a message comes in: duplicate, join or open, entry, event
placing     which tickets it may belong to
noise_in    what a text means beyond its words: place, incident, danger, and what answers itself
greeting    a new contact is told that it has come in
belonging   which incident a ticket is in: joins, begins, moves; incidents parted and united
incidents   what staff do about a noise; incident_rows, incident_sight, incident_folding: kept, seen, made again
muting      texters who are a nuisance
noise_map   texts about noise by zone, weekday and hour
outgoing    a message goes out: its entry and its row of the outbox
outbox      what is to be sent: lease, sent, later, failed
delivery    what the provider says of it afterwards
desk        what staff do to a ticket, each whole in one commit
stating     what staff state about a ticket: attended, corrected, merged ...; contacts by phone and at the desk
mail        bytes kept before they are parsed
people      persons, addresses, participants; sealed conversations
chats       a visitor's conversation; leaving: its end
staff       members, what they may do, presence, idempotency keys; once: keys of calls that have no place of their own
tokens      personal tokens, as digests
trail       who looked at what, chained like the log; what members did, by the log, in the same form
owning      who has a ticket: given for good, put back
rulebook    published calendars and standards
remarks     free text beside a fact, with the salt of its digest
facts       what managers state of the figures: suspensions, accounts, figures published
figures     the same, read
closings    lines closed by hand; shutting: the clocks follow, some at a time
misses      clocks that were missed, the latest first
changes     what has become of a month's clocks since an earlier event
notices     trouble that the desk shows; cursors; paused lines
days        the sums of days that are over, kept for reports; folding, noise_folding: a day added up from rows
hindsight   clocks, contacts and incidents as they stood earlier
chain       whether the log is whole
reporting   where the log begins and ends
moves       in which store the library is in use
rebuilding  projections made again from the log
forgetting  what is shredded, and what goes within a week by itself
ageing      what is old enough to be forgotten by the settings' rules
erasing     who wrote a ticket, and what was written, erased
subjects    one person and all that is held of them: found, forgotten; access: read for them
erasures    when sealed conversations were destroyed, read
==========  ====================================================================================
"""
