-- What the terminal desk keeps: replies that wait before they go out, what can be taken back, what staff have
-- begun to write.

ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0; -- whether its writer can take it back yet

CREATE TABLE held_replies (    -- forgets: the row, as the reply goes out or its ticket is forgotten
    library    TEXT NOT NULL,
    outbox     TEXT NOT NULL,
    act        TEXT NOT NULL,    -- the first of the replies that were written in one go
    ticket     TEXT NOT NULL,
    entry      TEXT NOT NULL,
    incident   TEXT,
    actor      TEXT NOT NULL,
    after_send TEXT NOT NULL,    -- what becomes of the ticket: open, waiting, solved
    before     TEXT NOT NULL,    -- how the ticket stood, and after it: states, times and ids
    after      TEXT NOT NULL,
    first      INTEGER NOT NULL, -- the places of its facts in the log
    last       INTEGER NOT NULL,
    included   TEXT NOT NULL,    -- who had written unasked and was taken in with it, and who was left out
    excluded   TEXT NOT NULL,
    PRIMARY KEY (library, outbox)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_act ON held_replies (library, act);

CREATE TABLE undoable (        -- forgets: the row, after a day (ids, enums, numbers, times and tags)
    library TEXT NOT NULL,
    ticket  TEXT NOT NULL,
    first   INTEGER NOT NULL,  -- the ticket's own events of the deed
    last    INTEGER NOT NULL,
    deed    INTEGER NOT NULL,  -- the first event of all that was done with it
    about   TEXT NOT NULL,     -- the ticket or the incident that was acted on, and the version that it got
    version INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    noted   INTEGER NOT NULL,
    was     TEXT NOT NULL,     -- JSON: what of the ticket was otherwise before
    PRIMARY KEY (library, ticket, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX undoable_about ON undoable (library, about, version);
CREATE INDEX undoable_deed ON undoable (library, deed);
CREATE INDEX undoable_noted ON undoable (library, noted);

ALTER TABLE presence ADD COLUMN chats INTEGER; -- of the chat: how many at once, for now; as many as everybody

-- Lines closed by hand: what a clock began in, and the facts themselves, which are few. See helpdesk/standards/closings.py.
ALTER TABLE clocks ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;   -- it began while its line was closed
CREATE INDEX events_of_closing ON events (library, seq) WHERE kind IN ('lines_closed', 'lines_opened');
DELETE FROM days;                                                  -- they hold that apart from now on

CREATE TABLE drafts (          -- forgets: the row: sent, dropped, its ticket forgotten or shredded, 30 days untouched
    library       TEXT NOT NULL,
    writer        TEXT NOT NULL,
    place         TEXT NOT NULL,     -- the ticket that a reply or a note is on, the incident of a text to all
    kind          TEXT NOT NULL,     -- reply, note, all, outcome
    text          TEXT NOT NULL,
    becomes       TEXT NOT NULL,     -- of the ticket: open, waiting, solved
    takes_in      TEXT NOT NULL,     -- strangers on the ticket whom it goes to: JSON
    leaves_out    TEXT NOT NULL,     -- and whom it does not go to
    outcome       TEXT NOT NULL,     -- of the noise, '' for none
    key           TEXT NOT NULL,     -- the same for every try to send it
    kept          INTEGER NOT NULL,
    tried         INTEGER,           -- when it was sent and nobody answered, and as what the ticket was seen then
    tried_version INTEGER,
    tried_entries INTEGER,
    PRIMARY KEY (library, writer, place, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_of_place ON drafts (library, place);
CREATE INDEX drafts_kept ON drafts (library, kept);

-- Views that staff saved, and the orders in which queries look at tickets.
CREATE TABLE saved_views (     -- forgets: the row, when its owner drops it
    library TEXT NOT NULL,
    owner   TEXT NOT NULL,     -- the member, '' for the library's own
    name    TEXT NOT NULL,
    query   TEXT NOT NULL,
    digit   TEXT NOT NULL,     -- the key that opens it, '' for none
    changed INTEGER NOT NULL,
    PRIMARY KEY (library, owner, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_sifted ON tickets (library, urgency, id, number, state, channel, owner, held_until, unanswered, due,
    opened, updated, kind, site, line, zone, concern, incident, merged_into, tags, flags)
    WHERE state IN ('new', 'open', 'waiting');                     -- all that a query may ask of a ticket, in one place
CREATE INDEX tickets_updated ON tickets (library, updated, id) WHERE state <> ''; -- for who asks so, and for nobody else

CREATE TABLE macros (          -- forgets: the row, as its member drops it, or a lead one that is shared
    library TEXT NOT NULL,
    owner   TEXT NOT NULL,     -- the member whose own it is, '' for one that is shared
    name    TEXT NOT NULL,
    text    TEXT NOT NULL,     -- the library's own words, with blanks
    becomes TEXT NOT NULL,     -- of the ticket: open, waiting, solved, '' for the writer's choice
    tags    TEXT NOT NULL,
    opener  INTEGER NOT NULL,  -- whether it is offered as the first line of a chat
    changed INTEGER NOT NULL,
    PRIMARY KEY (library, owner, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE by_mail (         -- forgets: nothing: a ticket's id and a line; whose mail it is stands in people and addresses
    library TEXT NOT NULL,
    ticket  TEXT NOT NULL,     -- a chat that goes on by mail
    line    TEXT NOT NULL,     -- the mail line that its replies go out by
    carried TEXT NOT NULL,     -- how the library is called in the transcript of the first mail, '' for no transcript
    PRIMARY KEY (library, ticket)
) STRICT, WITHOUT ROWID;

-- How work is sorted.
ALTER TABLE tickets ADD COLUMN effort INTEGER;           -- the READ level, 1 to 6
ALTER TABLE tickets ADD COLUMN first_contact INTEGER;    -- 1: one contact was enough; 0: it was not

-- What ties tickets to each other, and to members. Both fold from the log.
CREATE TABLE followers (       -- forgets: the row, with its ticket's words (ids)
    library TEXT NOT NULL,
    ticket  TEXT NOT NULL,
    member  TEXT NOT NULL,
    PRIMARY KEY (library, ticket, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX followers_of_member ON followers (library, member, ticket);
CREATE TABLE related (         -- forgets: the row, as who wrote either of its tickets is forgotten or shredded (ids)
    library TEXT NOT NULL,
    ticket  TEXT NOT NULL,
    other   TEXT NOT NULL,
    PRIMARY KEY (library, ticket, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX related_by_other ON related (library, other);
CREATE INDEX events_of_ties ON events (library, seq) WHERE kind IN ('followed', 'unfollowed', 'related', 'unrelated');
