"""A multi-channel help desk for the front desk of a library.

The house, from the ground up (imports run downward only; ``make check`` holds it):

==================  ==================================================================
clock, errors       what time it is, and what a caller does when something goes wrong
phone               a telephone number that cannot leak by accident
message             what comes in and what goes out, whatever the channel
events              the facts of the append-only log
hours, ticket       working time as arithmetic; a ticket's life as pure transitions
privacy, zones      how a sender becomes a person or a pseudonym; places in the library
standards           promises, and the clocks that measure them
matching, worklist  which ticket a message belongs to; which ticket is next
queries             what staff type to narrow the list
ports, config       the seams, and the settings (``desk_settings``, of ``section``, are a part of them)
store.verbs         what the store can do: plain functions over SQL, run whole in one hop
intake, desk, ...   receive a message; what staff can do; deliver; watch; report
tui, channels, api  the terminal, the wires, the socket (each sees only the ports)
app, attaching      the one composer; a desk at the owner's, or owning
cli, commands       the commands
==================  ==================================================================
"""

__version__ = "0.1.0"
