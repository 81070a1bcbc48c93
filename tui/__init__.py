"""The desk in the terminal. It sees the ``Desk`` protocol and pure types, nothing else.

========================  ====================================================================
app                       opens the desk: connection, sign-in
taking, ahead             how keys come in, one at a time
painting, pen             what is written to the terminal: what reads otherwise now; colours, each said once
watching                  what goes on all the time under the screens
commanding, asking        the commands of the whole desk, and what they ask
command, commands         what a command is; the one table (the ``..._commands`` are parts of it)
colon, completing         what is typed after ``:``; what a command may be given
elsewhere                 what is no command: a setting, or the terminal's own
key_names                 sentences with the key that the reader has
keymap, footer            its keys, and the lines made from it
sitting                   who is here by which clock, and what the desk knows of the house
drafts, keeping           what they have half written; how it comes into the store and back
second_thoughts           replies that wait before they go out
progress                  how far a long task has come, and how it is stopped
undoing, acts             what they did and can take back; what can be done to one ticket or to each of many
columns                   the worklist's columns, and which are shown at which width
looked                    what changed since a member last looked
selecting                 which tickets are selected, and how far many have come
canned                    macros at the desk, and the patron's words quoted
tabs, filtering           the views as tabs; the line in which a list is narrowed
tour, newcomers           the guided tour, step by step; who is told of it
window                    the part of the worklist in memory, and what stays put in it
render, prose, history    rows, threads and facts as lines of text; beside: other tickets that are named on one
clocks                    the clocks with their working
noise, incidents          what is said of noise; incidents as rows
incident, noise_map       one incident; where and when it was noisy
standing, reports         how promises are kept now; the figures of a period. heat: its hours; misses: to explain
masthead, composing       the first line of a screen; the line above the composer
words, plain, segments    times in words; harmless text in cells; how many texts it makes
grading                   how a contact went, in a key or two
closing, on_duty          closed by hand; who is on: in words. asking_closed: what is asked for both
snooze, allowed           when it comes back; why a command can't be done
alerts, signals, calling  when the desk calls, by which bytes, and how they are sent
status, likes             what the first line tells at a glance; what the settings say of keys, colours and calls
crash, hanging_up         what the terminal says when the desk breaks; when the terminal itself is gone
company                   who else is at a ticket, as this desk heard it last
live, presence            following the desk's changes; whether contacts come to this member
between                   what came in on a ticket while somebody was writing there
unsent                    what could not be sent while the line was gone, in words
editor, themes            $EDITOR and the tour (``outside``: what of it needs no Textual); the colours
files, kinds, viewing     attachments saved; which are opened; by which program, and where they lie meanwhile
meaning, naming           what a question says of its consequence; members by id and by name
line                      line mode: all of it as labelled lines, without Textual
screens, widgets          what Textual is needed for
========================  ====================================================================

Who draws: a widget is changed on the loop of the screens alone, never in a thread. What is read beside the screens
(``background``) is awaited on that loop, too, so whoever awaited it draws it at once, in the same turn; a message would
come later, when another ticket may be selected or the screen left. After each wait it asks first whether its screen is
still there (``standing``, ``stands``), whether what it asked for is still meant, and whether the same member sits here.
Widgets tell their screen by messages; what the desk hears of changes comes by one path, ``watching``.
"""
