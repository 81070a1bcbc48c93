-- The ground: one queue of tickets, the log of facts, and what hangs on them.
--
-- The library (tenant) id leads every key. Times are milliseconds since 1970 UTC. Beside each table stands
-- what it forgets; what is forgotten by itself so far stands in helpdesk/store/verbs/forgetting.py.

CREATE TABLE chain (           -- forgets: nothing (two numbers and a digest)
    library TEXT NOT NULL PRIMARY KEY,
    seq     INTEGER NOT NULL,
    hash    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (        -- forgets: nothing (numbers)
    library TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   INTEGER NOT NULL,
    PRIMARY KEY (library, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (          -- forgets: nothing (ids, enums, numbers and times only)
    library  TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    ticket   TEXT,
    occurred INTEGER NOT NULL,
    noted    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    data     TEXT NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (library, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_of_ticket ON events (library, ticket, seq) WHERE ticket IS NOT NULL;
CREATE INDEX events_opened ON events (library, occurred, ticket) WHERE kind = 'opened'; -- what a report begins with

CREATE TABLE remarks (         -- forgets: its text
    library TEXT NOT NULL,
    id      TEXT NOT NULL,
    ticket  TEXT,
    text    TEXT NOT NULL,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX remarks_of_ticket ON remarks (library, ticket);

CREATE TABLE people (          -- forgets: the row
    library TEXT NOT NULL,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE addresses (       -- forgets: the row
    library TEXT NOT NULL,
    channel TEXT NOT NULL,
    value   TEXT NOT NULL,
    person  TEXT NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (library, channel, value),
    FOREIGN KEY (library, person) REFERENCES people (library, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_of_person ON addresses (library, person);

CREATE TABLE conversations (   -- forgets: handle and seal when it is shredded
    library  TEXT NOT NULL,
    id       TEXT NOT NULL,
    line     TEXT NOT NULL,
    handle   BLOB,
    seal     BLOB,
    name     TEXT NOT NULL,
    opened   INTEGER NOT NULL,
    expires  INTEGER NOT NULL,
    shredded INTEGER,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_by_handle ON conversations (library, line, handle) WHERE handle IS NOT NULL;
CREATE INDEX conversations_to_shred ON conversations (library, expires) WHERE shredded IS NULL;

CREATE TABLE tickets (         -- forgets: subject, preview and name
    library       TEXT NOT NULL,
    id            TEXT NOT NULL,
    number        INTEGER NOT NULL,
    channel       TEXT NOT NULL,
    line          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    site          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    preview       TEXT NOT NULL,
    name          TEXT NOT NULL,
    person        TEXT,
    conversation  TEXT,
    state         TEXT NOT NULL,
    owner         TEXT,
    held_until    INTEGER,
    opened        INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    unanswered    INTEGER,
    snoozed_until INTEGER,
    closes        INTEGER,
    flags         TEXT NOT NULL,
    version       INTEGER NOT NULL,
    touched_by    TEXT NOT NULL,
    due           INTEGER,
    due_standard  TEXT NOT NULL,
    urgency       INTEGER NOT NULL, -- what the views sort by, see helpdesk.worklist.urgency
    PRIMARY KEY (library, id)
) STRICT;
CREATE UNIQUE INDEX tickets_by_number ON tickets (library, number);
CREATE INDEX tickets_open ON tickets (library, urgency, id) WHERE state IN ('new', 'open', 'waiting');
CREATE INDEX tickets_unanswered ON tickets (library, urgency, id)
    WHERE state IN ('new', 'open', 'waiting') AND unanswered IS NOT NULL;
CREATE INDEX tickets_by_channel ON tickets (library, channel, urgency, id) WHERE state IN ('new', 'open', 'waiting');
CREATE INDEX tickets_of_owner ON tickets (library, owner, urgency, id)
    WHERE state IN ('new', 'open', 'waiting') AND owner IS NOT NULL;
CREATE INDEX tickets_snoozed ON tickets (library, snoozed_until, id) WHERE state = 'snoozed';
CREATE INDEX tickets_finished ON tickets (library, updated, id) WHERE state IN ('solved', 'closed', 'spam');
CREATE INDEX tickets_held ON tickets (library, held_until) WHERE held_until IS NOT NULL;
CREATE INDEX tickets_closing ON tickets (library, closes) WHERE closes IS NOT NULL;
CREATE INDEX tickets_of_person ON tickets (library, person, line, updated) WHERE person IS NOT NULL;
CREATE INDEX tickets_of_conversation ON tickets (library, conversation, updated) WHERE conversation IS NOT NULL;

CREATE TABLE links (           -- forgets: nothing (ids)
    library TEXT NOT NULL,
    ticket  TEXT NOT NULL,
    earlier TEXT NOT NULL,
    PRIMARY KEY (library, ticket, earlier)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_earlier ON links (library, earlier);

CREATE TABLE participants (    -- forgets: the row
    library  TEXT NOT NULL,
    ticket   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    value    TEXT NOT NULL,
    name     TEXT NOT NULL,
    verified INTEGER NOT NULL,
    PRIMARY KEY (library, ticket, channel, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE chats (           -- forgets: name and token when the chat is over
    library TEXT NOT NULL,
    id      TEXT NOT NULL,
    line    TEXT NOT NULL,
    token   BLOB,
    name    TEXT NOT NULL,
    ticket  TEXT,
    seq     INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    opened  INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    ended   INTEGER,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX chats_running ON chats (library, touched) WHERE ended IS NULL;

CREATE TABLE entries (         -- forgets: text and author (and the words in entry_words)
    row        INTEGER PRIMARY KEY,
    library    TEXT NOT NULL,
    id         TEXT NOT NULL,
    ticket     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    author     TEXT NOT NULL,
    text       TEXT NOT NULL,
    written    INTEGER NOT NULL,
    quote_from INTEGER,
    segments   INTEGER NOT NULL,
    delivery   TEXT,
    trouble    TEXT NOT NULL,
    chat       TEXT,
    chat_seq   INTEGER,
    FOREIGN KEY (library, ticket) REFERENCES tickets (library, id)
) STRICT;
CREATE UNIQUE INDEX entries_by_id ON entries (library, id);
CREATE INDEX entries_of_ticket ON entries (library, ticket, row);
CREATE UNIQUE INDEX entries_of_chat ON entries (library, chat, chat_seq) WHERE chat IS NOT NULL;

CREATE VIRTUAL TABLE entry_words USING fts5 ( -- forgets: with its entry, then 'optimize'
    text, content = 'entries', content_rowid = 'row', tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE received (        -- forgets: on sealed lines external id, ticket and entry when shredded, else with its ticket
    library     TEXT NOT NULL,
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    digest      TEXT NOT NULL,
    ticket      TEXT,
    entry       TEXT,
    noted       INTEGER NOT NULL,
    PRIMARY KEY (library, channel, account, external_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX received_of_ticket ON received (library, ticket);

CREATE TABLE raw (             -- forgets: content, sender and recipients
    library    TEXT NOT NULL,
    id         TEXT NOT NULL,
    channel    TEXT NOT NULL,
    line       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    sender     TEXT NOT NULL,
    recipients TEXT NOT NULL,
    content    BLOB NOT NULL,
    relayed    INTEGER,
    noted      INTEGER NOT NULL,
    state      TEXT NOT NULL, -- kept, parsed, quarantined
    ticket     TEXT,
    PRIMARY KEY (library, id)
) STRICT;
CREATE UNIQUE INDEX raw_once ON raw (library, line, digest);
CREATE INDEX raw_to_parse ON raw (library, id) WHERE state = 'kept';

CREATE TABLE attachments (     -- forgets: the row, at its last reference
    library TEXT NOT NULL,
    digest  TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (library, digest)
) STRICT;

CREATE TABLE files (           -- forgets: the row
    library    TEXT NOT NULL,
    entry      TEXT NOT NULL,
    n          INTEGER NOT NULL,
    digest     TEXT NOT NULL,
    name       TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size       INTEGER NOT NULL,
    PRIMARY KEY (library, entry, n),
    FOREIGN KEY (library, digest) REFERENCES attachments (library, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_digest ON files (library, digest);

CREATE TABLE outbox (          -- forgets: text, subject and addresses
    library      TEXT NOT NULL,
    id           TEXT NOT NULL,
    ticket       TEXT NOT NULL,
    entry        TEXT NOT NULL,
    channel      TEXT NOT NULL,
    line         TEXT NOT NULL,
    address      TEXT NOT NULL, -- "" on sealed lines and chats
    conversation TEXT,
    name         TEXT NOT NULL,
    copies       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    text         TEXT NOT NULL,
    refs         TEXT NOT NULL,
    automatic    INTEGER NOT NULL,
    author       TEXT NOT NULL,
    created      INTEGER NOT NULL,
    state        TEXT NOT NULL, -- waiting, leased, unclear, person, sent, delivered, failed
    tries        INTEGER NOT NULL,
    again        INTEGER NOT NULL,
    not_before   INTEGER NOT NULL,
    provider_id  TEXT NOT NULL,
    code         TEXT NOT NULL,
    reason       TEXT NOT NULL,
    done         INTEGER,
    PRIMARY KEY (library, id)
) STRICT;
CREATE INDEX outbox_due ON outbox (library, channel, not_before, id) WHERE state IN ('waiting', 'leased', 'unclear');
CREATE INDEX outbox_of_ticket ON outbox (library, ticket, id);
CREATE INDEX outbox_by_provider ON outbox (library, provider_id) WHERE provider_id <> '';
CREATE INDEX outbox_automatic ON outbox (library, address, created) WHERE automatic = 1;

CREATE TABLE clocks (          -- forgets: nothing (ids, enums, numbers and times only)
    library  TEXT NOT NULL,
    ticket   TEXT NOT NULL,
    standard TEXT NOT NULL,
    exchange INTEGER NOT NULL,
    version  TEXT NOT NULL,
    calendar TEXT NOT NULL,
    measure  TEXT NOT NULL,
    started  INTEGER NOT NULL,
    answers  TEXT NOT NULL,
    gone     INTEGER,
    barred   TEXT NOT NULL,
    due      INTEGER,
    lapses   INTEGER,
    stopped  INTEGER,
    spent    INTEGER,
    outcome  TEXT NOT NULL,
    noticed  INTEGER,
    PRIMARY KEY (library, ticket, standard, exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX clocks_running ON clocks (library, lapses) WHERE outcome = 'pending' AND noticed IS NULL;
CREATE INDEX clocks_started ON clocks (library, started, standard);

CREATE TABLE published (       -- forgets: nothing (the library's own promises)
    library   TEXT NOT NULL,
    kind      TEXT NOT NULL,   -- calendar, standard
    digest    TEXT NOT NULL,
    published INTEGER NOT NULL,
    name      TEXT NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (library, kind, published, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (           -- forgets: name and PIN; the id stays in the log
    library  TEXT NOT NULL,
    id       TEXT NOT NULL,
    name     TEXT NOT NULL,
    pin      TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    PRIMARY KEY (library, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE presence (        -- forgets: the row, a day after its last sign of life
    library   TEXT NOT NULL,
    staff     TEXT NOT NULL,
    channel   TEXT NOT NULL,
    available INTEGER NOT NULL,
    seen      INTEGER NOT NULL,
    PRIMARY KEY (library, staff, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE counts (          -- forgets: nothing (numbers)
    library TEXT NOT NULL,
    view    TEXT NOT NULL,
    key     TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (library, view, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE done (            -- forgets: the row, after a week (callers' idempotency keys)
    library TEXT NOT NULL,
    actor   TEXT NOT NULL,
    key     TEXT NOT NULL,
    digest  TEXT NOT NULL,
    ticket  TEXT NOT NULL,
    noted   INTEGER NOT NULL,
    PRIMARY KEY (library, actor, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (         -- forgets: nothing (times)
    library TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   INTEGER NOT NULL,
    PRIMARY KEY (library, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE notices (         -- forgets: the row, when the trouble is over
    library TEXT NOT NULL,
    key     TEXT NOT NULL,
    level   TEXT NOT NULL,
    text    TEXT NOT NULL,
    n       INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    latest  INTEGER NOT NULL,
    PRIMARY KEY (library, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE paused_lines (    -- forgets: the row, when the line is mended
    library TEXT NOT NULL,
    line    TEXT NOT NULL,
    code    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (library, line)
) STRICT, WITHOUT ROWID;
