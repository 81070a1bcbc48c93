-- Timeliness: what the clocks of the further measures keep, what a report reads at once, and why things are as they are.

ALTER TABLE tickets ADD COLUMN answered INTEGER;          -- when a person first answered; void where undeliverable
ALTER TABLE tickets ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN merged_into TEXT;          -- the ticket that goes on in its place
CREATE INDEX tickets_merged ON tickets (library, merged_into) WHERE merged_into IS NOT NULL;

-- A rebuild passes by what tells a clock nothing without looking at it.
DROP INDEX events_of_ticket;
CREATE INDEX events_of_ticket ON events (library, ticket, seq, kind) WHERE ticket IS NOT NULL;

-- What a report begins with: a day's contacts.
CREATE INDEX tickets_opened ON tickets (library, opened);
DROP INDEX events_opened;

ALTER TABLE clocks ADD COLUMN pauses TEXT NOT NULL DEFAULT '';       -- when it stood still
ALTER TABLE clocks ADD COLUMN corrections TEXT NOT NULL DEFAULT '';  -- answers that were entered later
ALTER TABLE clocks ADD COLUMN recorded TEXT NOT NULL DEFAULT '';     -- the outcome without them, '' where it is the same
ALTER TABLE clocks ADD COLUMN recorded_spent INTEGER;                -- the time spent without them

ALTER TABLE remarks ADD COLUMN salt BLOB;                 -- what keys its digest in the log; goes with the text
ALTER TABLE published ADD COLUMN begins INTEGER;          -- from when it counts, NULL: from when it was published

CREATE TABLE days (            -- forgets: nothing (names of standards and sites, counts and times)
    library TEXT NOT NULL,
    begins  INTEGER NOT NULL,  -- the day's midnight by the library's zone
    ends    INTEGER NOT NULL,
    mark    INTEGER NOT NULL,  -- 0 once it is kept; until then, whose fold may fill it
    text    TEXT NOT NULL,     -- what the day's clocks and contacts came to, see helpdesk.daily
    PRIMARY KEY (library, begins)
) STRICT, WITHOUT ROWID;

CREATE TABLE verified (        -- forgets: nothing (numbers, digests, and what is wrong with the log, in words)
    library    TEXT NOT NULL,
    seq        INTEGER NOT NULL, -- up to this event the chain held
    hash       BLOB NOT NULL,
    again      INTEGER NOT NULL, -- up to this one it still held when it was walked once more
    again_hash BLOB NOT NULL,
    fault      TEXT NOT NULL,    -- '' while nothing is wrong
    PRIMARY KEY (library)
) STRICT, WITHOUT ROWID;

-- Misses one by one, the latest first: what nobody has answered is pending, however late it is.
CREATE INDEX clocks_missed ON clocks (library, started) WHERE outcome IN ('missed', 'pending');

-- What was said of figures: suspensions, explanations, figures that were published.
CREATE INDEX events_of_figures ON events (library, seq)
    WHERE kind IN ('suspended', 'unsuspended', 'accounted', 'figure_published');

-- Who published what, and what was restated.
CREATE INDEX events_of_publishing ON events (library, seq) WHERE kind = 'published';

UPDATE tickets SET answered = (
    SELECT min(e.occurred) FROM events e
    WHERE e.library = tickets.library AND e.ticket = tickets.id AND e.kind = 'replied'
      AND json_extract(e.data, '$.automatic') = 0
      AND NOT EXISTS (
        SELECT 1 FROM events u
        WHERE u.library = e.library AND u.ticket = e.ticket AND u.kind = 'undeliverable'
          AND json_extract(u.data, '$.entry') = json_extract(e.data, '$.entry')
      )
);
