-- Serving: who may do what, the tokens they come with, and who looked at what.

ALTER TABLE staff ADD COLUMN role TEXT NOT NULL DEFAULT 'lead';    -- agent, lead, reporter, admin

CREATE TABLE tokens (          -- forgets: the row, a year after it expired or was revoked
    library TEXT NOT NULL,
    id      TEXT NOT NULL,
    staff   TEXT NOT NULL,
    name    TEXT NOT NULL,
    hash    BLOB NOT NULL,     -- of 256 random bits
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER,           -- the last use, to the minute
    revoked INTEGER,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of_staff ON tokens (library, staff, created);

CREATE TABLE trail (           -- forgets: nothing (ids, names of calls, and times; chained as the events are)
    library TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    noted   INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    token   TEXT NOT NULL,     -- the token's id, '' at the owner's own machine
    act     TEXT NOT NULL,     -- the call, see helpdesk.permissions
    ticket  TEXT,
    about   TEXT NOT NULL,     -- the incident, member or token that it was about, '' for none
    outcome TEXT NOT NULL,     -- done, refused
    n       INTEGER NOT NULL,  -- how often, where one was hammering
    hash    BLOB NOT NULL,
    PRIMARY KEY (library, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX trail_of_actor ON trail (library, actor, noted);
CREATE INDEX trail_of_ticket ON trail (library, ticket, seq) WHERE ticket IS NOT NULL;

ALTER TABLE chain ADD COLUMN trail INTEGER NOT NULL DEFAULT 0;    -- the trail's last row, and its digest
ALTER TABLE chain ADD COLUMN trail_hash BLOB;
