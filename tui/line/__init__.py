"""Line mode: all that the full screen does, as labelled lines and numbered menus. No Textual here, nor below.

For screen readers, dumb terminals and scripts: no cursor is moved, nothing is coloured, nothing is drawn.

=====================  =======================================================================
table, verb            all verbs and how one is found; what a verb is
reading, about, files  the worklist and tickets; history, search; what came with a ticket
working                the day's work on a ticket
views                  a filter on what is listed, and the views that staff save
writing, paper         replies, notes, drafts; one composition from its first line to sending
canned                 macros, and the patron's words quoted
many                   several tickets selected, and acted on at once
stating, sorting       what is said for the figures; kind, site and how it went
tying                  linking, merging, following, and what stands beside a ticket
pages                  pages of a list, read on from rows that are known
noise                  noise (``noise_reading``: read out)
seat, door             who sits here; how they are let in
session, talk          a script, a line, a conversation; where one stands and what a verb acts on
said, asking, wrong    a line taken apart; numbered menus; exit statuses
reports                the figures of a period, what was missed, a report as a file
spoken, figures        things as sentences; figures as sentences
shapes, voice          things as JSON; lines to whoever listens
doors                  what is open, and who is there
news, heard            what came in, told before the next prompt
keys, terminal         the full screen's keys; the keyboard
=====================  =======================================================================

To add the verb of a new command: a function ``async def do(talk, said)`` in the module of its theme and a line
``Verb(id="the command's id", do=do, takes="[ticket] [words]")`` in the tuple at that module's end. A verb that is one
call on a ticket is a line of ``working.PLAIN``, with no function. ``talk.ticket(said, id)`` gives the ticket that was
named or is open and refuses what :mod:`tui.allowed` refuses; ``said.words()`` is the rest of the line;
``talk.ask.choose`` asks by a numbered menu unless the answer stands on the line; ``talk.ask.sure`` asks what defaults
to No; ``talk.done(words, ticket)`` says it. Help and keys come from :mod:`tui.commands`. Then tests/line/test_parity.py
asks for a case.
"""
