"""Everything that is kept.

==========  ==========================================================================================
verbs       what the store can do: plain functions over SQL, a file per noun (below intake and desk)
sqlite      runs verbs on aiosqlite: one owner, shared commits, read-only readers
words       the word index of SQLite (FTS5)
migrations  numbered SQL, run at start
keys        the key store of sealed lines, a file of its own
==========  ==========================================================================================
"""
