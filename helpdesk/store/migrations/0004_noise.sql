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
    staffed    INTEGER NOT NULL,
    concern    TEXT NOT NULL,
    goes       TEXT NOT NULL,
    dispatched INTEGER,
    attended   INTEGER,
    outcome    TEXT NOT NULL,
    ended      INTEGER,
    version    INTEGER NOT NULL,
    touched_by TEXT NOT NULL,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incidents_by_number ON incidents (library, number);
CREATE INDEX incidents_live ON incidents (library, began) WHERE state <> 'over';
CREATE INDEX incidents_over ON incidents (library, ended) WHERE state = 'over';
CREATE INDEX incidents_of_zone ON incidents (library, line, zone, latest) WHERE state <> 'over';

ALTER TABLE tickets ADD COLUMN incident TEXT;                      -- the noise that it tells of
ALTER TABLE tickets ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN concern TEXT NOT NULL DEFAULT '';   -- why somebody may be in danger
CREATE INDEX tickets_of_incident ON tickets (library, incident) WHERE incident IS NOT NULL;

ALTER TABLE conversations ADD COLUMN muted_until INTEGER;          -- goes with the handle when it is shredded
