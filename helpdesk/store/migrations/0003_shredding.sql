-- The carrier's copies of sealed conversations: what it is to delete, and since when.

CREATE TABLE deletions (       -- forgets: the row, when the carrier has deleted the text
    library      TEXT NOT NULL,
    channel      TEXT NOT NULL,
    provider_id  TEXT NOT NULL,
    line         TEXT NOT NULL,
    account      TEXT NOT NULL, -- ours at the carrier, "" where it was not told
    conversation TEXT,          -- while it lives; from its shredding on nothing ties the text to it
    since        INTEGER,       -- since when the carrier owes it; NULL while its conversation lives
    not_before   INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (library, channel, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deletions_due ON deletions (library, channel, not_before) WHERE since IS NOT NULL;
CREATE INDEX deletions_of_conversation ON deletions (library, conversation) WHERE conversation IS NOT NULL;
CREATE INDEX tickets_astray ON tickets (library, line) WHERE conversation IS NULL AND person IS NULL;
