"""The desk in the terminal. It sees the ``Desk`` protocol and pure types, nothing else.

========================  ====================================================================
app                       opens the desk: connection, sign-in
taking, ahead             how keys come in, one at a time
watching                  what goes on all the time under the screens
commanding, asking        the commands of the whole desk, and what they ask
command, commands         what a command is; the one table (the ``..._commands`` are parts of it)
colon, completing         what is typed after ``:``; what a command may be given
keymap, footer            its keys, and the lines made from it
sitting                   who is here by which clock, and what the desk knows of the house
drafts, keeping           what they have half written; how it comes into the store and back
second_thoughts           replies that wait before they go out
undoing, acts             what they did and can take back; what can be done to one ticket or to each of many
selecting                 which tickets are selected, and how far many have come
canned                    macros at the desk, and the patron's words quoted
tabs, filtering           the views as tabs; the line in which a list is narrowed
window                    the part of the worklist in memory, and what stays put in it
render, prose, history    rows, threads and facts as lines of text
clocks                    the clocks with their working
noise, incidents          what is said of noise; incidents as rows
incident, noise_map       one incident; where and when it was noisy
masthead, composing       the first line of a screen; the line above the composer
words, plain, segments    times in words; harmless text in cells; how many texts it makes
grading                   how a contact went, in a key or two
closing, on_duty          closed by hand; who is on: in words. asking_closed: what is asked for both
snooze, allowed           when it comes back; why a command can't be done
alerts, signals, calling  when the desk calls, by which bytes, and how they are sent
status, likes             what the first line tells at a glance; what the settings say of keys, colours and calls
crash                     what the terminal says when the desk breaks
company                   who else is at a ticket, as this desk heard it last
live, presence            following the desk's changes; whether contacts come to this member
between                   what came in on a ticket while somebody was writing there
unsent                    what could not be sent while the line was gone, in words
editor, files, themes     $EDITOR (``outside``: what of it needs no Textual); attachments saved; the colours
meaning, naming           what a question says of its consequence; ids for new members
line                      line mode: all of it as labelled lines, without Textual
screens, widgets          what Textual is needed for
========================  ====================================================================
"""
