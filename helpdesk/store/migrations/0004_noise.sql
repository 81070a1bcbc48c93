-- Noise: incidents, the places of texts, and who is muted.

CREATE TABLE incidents (       -- forgets: nothing (ids, enums, numbers and times only)
    library    TEXT NOT NULL,
    id         TEXT NOT NULL,
    number     INTEGER NOT NULL,
    line       TEXT NOT NULL,
    site       TEXT NOT NULL,
    zone       TEXT NOT NULL,   -- '' where nobody knows the place
    noise      TEXT NOT NULL,
    state      TEXT NOT NULL,   -- open, dispatched, attended, over
    began      INTEGER NOT NULL,
    latest     INTEGER NOT NULL,
    reporters  INTEGER NOT NULL,
    staffed    INTEGER NOT NULL,
    concern    TEXT NOT NULL,
    goes       TEXT NOT NULL,
    dispatched INTEGER,
    attended   INTEGER,
    outcome    TEXT NOT NULL,
    ended      INTEGER,
    version    INTEGER NOT NULL,
    decided    INTEGER NOT NULL,   -- the version of the latest act of staff
    touched_by TEXT NOT NULL,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incidents_by_number ON incidents (library, number);
CREATE INDEX incidents_live ON incidents (library, began) WHERE state <> 'over';
CREATE INDEX incidents_over ON incidents (library, ended) WHERE state = 'over';
CREATE INDEX incidents_began ON incidents (library, began); -- what a report of noise begins with
CREATE INDEX incidents_of_zone ON incidents (library, line, zone, latest) WHERE state <> 'over';

ALTER TABLE tickets ADD COLUMN incident TEXT;                      -- the noise that it tells of
ALTER TABLE tickets ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN concern TEXT NOT NULL DEFAULT '';   -- why somebody may be in danger
CREATE INDEX tickets_of_incident ON tickets (library, incident) WHERE incident IS NOT NULL;
CREATE INDEX tickets_of_noise ON tickets (library, opened) WHERE incident IS NOT NULL;
CREATE INDEX tickets_set_apart ON tickets (library, opened) WHERE state = 'muted';
CREATE INDEX events_of_incident ON events (library, json_extract(data, '$.incident'), seq)
    WHERE ticket IS NOT NULL AND instr(data, '"incident":') > 0; -- an incident as it stood
DELETE FROM days;                                                  -- they hold the noise of the day from now on
CREATE INDEX tickets_muted ON tickets (library, updated, id) WHERE state = 'muted';

ALTER TABLE conversations ADD COLUMN muted_until INTEGER;          -- goes with the handle when it is shredded

-- Texting: who wants no texts, files to be fetched, what a line has sent today, and the order of what waits.

CREATE TABLE optouts (         -- forgets: the row, when texts are wanted again and when its sealed conversation is shredded
    library TEXT NOT NULL,
    line    TEXT NOT NULL,
    who     TEXT NOT NULL,     -- the conversation on a sealed line, the number on an open one
    since   INTEGER NOT NULL,
    PRIMARY KEY (library, line, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (           -- forgets: the row, when its files are fetched or given up, and when it is shredded
    library    TEXT NOT NULL,
    entry      TEXT NOT NULL,
    ticket     TEXT NOT NULL,
    line       TEXT NOT NULL,
    files      INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    PRIMARY KEY (library, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_due ON media (library, not_before);
CREATE INDEX media_of_ticket ON media (library, ticket);

CREATE TABLE spending (        -- forgets: nothing (numbers)
    library  TEXT NOT NULL,
    line     TEXT NOT NULL,
    day      TEXT NOT NULL,    -- the local one, as 2026-11-22
    texts    INTEGER NOT NULL,
    segments INTEGER NOT NULL,
    told     INTEGER NOT NULL, -- the share of its cap that the desk was told of: 0, 80, 100
    PRIMARY KEY (library, line, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN crisis INTEGER NOT NULL DEFAULT 0;   -- goes before all else, and beyond a day's cap
ALTER TABLE outbox ADD COLUMN traced INTEGER NOT NULL DEFAULT 0;   -- the carrier was asked what became of it
CREATE INDEX outbox_of_conversation ON outbox (library, conversation, id)
    WHERE state IN ('waiting', 'leased', 'unclear') AND conversation IS NOT NULL;
CREATE INDEX outbox_of_address ON outbox (library, line, address, id)
    WHERE state IN ('waiting', 'leased', 'unclear') AND channel = 'sms' AND address <> '';
CREATE INDEX outbox_untold ON outbox (library, done) WHERE state = 'sent' AND channel = 'sms' AND traced = 0;

CREATE TABLE escalations (     -- forgets: the row, a week after it ended (addresses of the library's own duty list)
    library TEXT NOT NULL,
    subject TEXT NOT NULL,     -- an incident's id or a ticket's
    what    TEXT NOT NULL,     -- incident, ticket
    step    INTEGER NOT NULL,  -- 1 for the first on the duty list, and so on
    duty    TEXT NOT NULL,     -- the short name on the list
    line    TEXT NOT NULL,
    address TEXT NOT NULL,
    ticket  TEXT NOT NULL,     -- what was written to them, and what they answered
    told    INTEGER NOT NULL,
    again   INTEGER NOT NULL,  -- when the next one is told
    answer  TEXT NOT NULL,     -- '' while there is none, takes, passes; late: somebody else had taken it
    ended   INTEGER,
    PRIMARY KEY (library, subject, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX escalations_running ON escalations (library, again) WHERE ended IS NULL;
CREATE INDEX escalations_of_address ON escalations (library, line, address) WHERE address <> '';
CREATE INDEX tickets_in_danger ON tickets (library, unanswered)
    WHERE concern <> '' AND unanswered IS NOT NULL AND state IN ('new', 'open', 'waiting', 'snoozed');
