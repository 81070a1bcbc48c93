"""The desk's screens.

=========  ==============================================================
metered    how far a long task has come, in the last line
working    one act after the other, and keys that wait
saying     toasts, cards, and what failed
acting     what all screens on which staff act on a ticket have in common
verbs      what staff do to a ticket, one method for each verb
files      the files that came with a ticket; text: one that is read here
worklist   the queue, its views, and the selected ticket beside it
ticket     one ticket: its head and its thread
composing  lines to read and a composer under them, $EDITOR
sending    once, after a look at what came in between
holding    who has a ticket while somebody writes on it
writing    the composer under a thread
telling    the composer under an incident: a text to all who told of it
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
