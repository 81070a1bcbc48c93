"""The desk's screens.

=========  ==============================================================
acting     what all screens on which staff act on a ticket have in common
verbs      what staff do to a ticket, one method for each verb
worklist   the queue, its views, and the selected ticket beside it
ticket     one ticket: its head and its thread
writing    the composer under a thread, $EDITOR, and sending
pick       choose one of a few lines: snooze, assign, leave, the palette
refusal    why something could not be begun
include    whom a reply goes to, where strangers wrote
save       where to save a ticket's files
search     find words in all messages
filter     narrow the list by a query
narrowing  what the list shows: a view, a filter on it, the next unanswered one
sign_in    who sits here, and the lock
pin        a member's own PIN
keys       all keys
=========  ==============================================================
"""
