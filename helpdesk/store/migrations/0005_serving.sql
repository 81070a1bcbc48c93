-- Serving: who may do what, the tokens they come with, and who looked at what.

ALTER TABLE staff ADD COLUMN role TEXT NOT NULL DEFAULT 'lead';    -- agent, lead, reporter, admin
ALTER TABLE staff ADD COLUMN subject TEXT;    -- a digest of who they are to the sign-in provider
CREATE UNIQUE INDEX staff_of_subject ON staff (library, subject) WHERE subject IS NOT NULL;

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

CREATE TABLE hooks (           -- forgets: the row, when it is removed
    library       TEXT NOT NULL,
    name          TEXT NOT NULL,
    id            TEXT NOT NULL,     -- another where a name is used again
    url           TEXT NOT NULL,
    events        TEXT NOT NULL,     -- with spaces between
    state         TEXT NOT NULL,     -- on, off, stopped
    created       INTEGER NOT NULL,
    upto          INTEGER NOT NULL,  -- how far the log was read for it
    failing       INTEGER,
    trouble       TEXT NOT NULL,
    secret        BLOB NOT NULL,     -- sealed under a key that only the master key makes
    earlier       BLOB,
    earlier_until INTEGER,
    PRIMARY KEY (library, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE hook_messages (   -- forgets: the row, 30 days after it was made, or when its hook keeps no more of them
    library    TEXT NOT NULL,
    hook       TEXT NOT NULL,
    id         TEXT NOT NULL,        -- its webhook-id, the same for every try
    seq        INTEGER NOT NULL,     -- the event's; 0 for a test
    once       TEXT NOT NULL,        -- the same for every copy of one fact
    event      TEXT NOT NULL,
    body       TEXT NOT NULL,        -- ids, enums, numbers and times
    made       INTEGER NOT NULL,
    state      TEXT NOT NULL,        -- waiting, leased, taken; for a test also failed
    not_before INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    tried      INTEGER,
    status     INTEGER,
    took       INTEGER,              -- in milliseconds
    trouble    TEXT NOT NULL,
    PRIMARY KEY (library, hook, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX hook_messages_once ON hook_messages (library, hook, once);
CREATE INDEX hook_messages_waiting ON hook_messages (library, hook, seq, id) WHERE state IN ('waiting', 'leased');
CREATE INDEX hook_messages_made ON hook_messages (library, made);

CREATE TABLE probes (          -- forgets: the row, 30 days after it began
    library TEXT NOT NULL,
    id      TEXT NOT NULL,
    line    TEXT NOT NULL,
    channel TEXT NOT NULL,
    state   TEXT NOT NULL,     -- wanted, sending, sent, passed, failed
    day     TEXT NOT NULL,     -- the local day that it is the daily one of, '' where somebody asked for it
    texts   INTEGER NOT NULL,  -- whether a text may be sent for it
    begun   INTEGER NOT NULL,
    until   INTEGER NOT NULL,  -- when it has failed if it has not come back
    lease   INTEGER NOT NULL,  -- until when a server has it in hand
    token   BLOB,              -- its digest
    outbox  TEXT NOT NULL,     -- what callbacks and bounces name it by
    brought TEXT NOT NULL,     -- the digest of the id of the message that brought it back
    sent    INTEGER,
    came    INTEGER,
    said    TEXT NOT NULL,     -- what came of it, in our words
    missing TEXT NOT NULL,     -- what to look at if it does not come back
    warning TEXT NOT NULL,     -- what is not right though it came back
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX probes_daily ON probes (library, line, day) WHERE day <> '';
CREATE INDEX probes_running ON probes (library, until) WHERE state IN ('wanted', 'sending', 'sent');
CREATE INDEX probes_of_line ON probes (library, line, id);
CREATE INDEX probes_of_outbox ON probes (library, outbox) WHERE outbox <> '';

CREATE TABLE leases (          -- forgets: the row, when its server stops
    library TEXT NOT NULL,
    work    TEXT NOT NULL,
    server  TEXT NOT NULL,     -- drawn anew at each start
    until   INTEGER NOT NULL,
    PRIMARY KEY (library, work)
) STRICT, WITHOUT ROWID;

CREATE TABLE moves (           -- forgets: nothing (where the library went, and when: no names)
    library TEXT NOT NULL PRIMARY KEY,
    state   TEXT NOT NULL,     -- arriving, here, gone
    token   TEXT NOT NULL,     -- the same at both ends
    place   TEXT NOT NULL,     -- the other end
    since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is forgotten of a ticket, and when: first who wrote, later what was written. See helpdesk/store/verbs/ageing.py.
ALTER TABLE tickets ADD COLUMN anonymous INTEGER;                  -- when it was forgotten who wrote
ALTER TABLE tickets ADD COLUMN forgotten INTEGER;                  -- when it was forgotten what was written
CREATE INDEX tickets_to_part ON tickets (library, channel, updated, id)
    WHERE anonymous IS NULL AND state IN ('solved', 'closed', 'spam', 'muted');
CREATE INDEX tickets_to_wipe ON tickets (library, channel, updated, id)
    WHERE forgotten IS NULL AND state IN ('solved', 'closed', 'spam', 'muted');
ALTER TABLE raw ADD COLUMN forgotten INTEGER;                      -- when its content, sender and recipients were
CREATE INDEX raw_to_forget ON raw (library, noted) WHERE forgotten IS NULL AND state <> 'kept';
CREATE INDEX raw_of_ticket ON raw (library, ticket) WHERE ticket IS NOT NULL;

CREATE INDEX tickets_longest ON tickets (library, unanswered)      -- who has waited longest
    WHERE state IN ('new', 'open', 'waiting') AND unanswered IS NOT NULL;

DELETE FROM days;                                                  -- they hold noise in columns from now on

CREATE INDEX events_imported ON events (library, occurred) WHERE kind = 'imported'; -- how many a report tells of

-- Whoever rang or came was answered there and then: schema 2 left them out.
UPDATE tickets SET answered = (
    SELECT min(e.occurred + COALESCE(CAST(json_extract(e.data, '$.waited') AS BIGINT), 0)) FROM events e
    WHERE e.library = tickets.library AND e.ticket = tickets.id AND e.kind = 'opened'
) WHERE channel IN ('phone', 'desk') AND answered IS NULL;
