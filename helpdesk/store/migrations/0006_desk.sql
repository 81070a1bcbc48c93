-- What the terminal desk keeps: replies that wait before they go out.

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
