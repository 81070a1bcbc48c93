"""Everything that is kept.

===========  =========================================================================================
verbs        what the store can do: plain functions over SQL, a file per noun (below intake and desk)
opening      the one way to a store, on whichever engine the settings name
commits      what all engines share: callers hand in verbs, and concurrent writes share a commit
sqlite       runs verbs on aiosqlite: one owner, read-only readers
postgres     runs the same verbs on psycopg: several servers, one after the other per library
             (pg_batch: a transaction; pg_session: values and rows; pg_link: a connection and its
             thread; pg_listening: news of other servers; pg_trouble: errors in words; pg_schema,
             pg_care: versions, and what the commands ask)
dialect      verbs' and migrations' SQL in PostgreSQL's words
words        the word index: FTS5, or a tsvector
migrations   numbered SQL, run at start
keys         the key store of sealed lines, a file of its own
care         a store's file: whether it is sound, a copy of it, its newest form
===========  =========================================================================================
"""
