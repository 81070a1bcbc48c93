"""Everything outside the library, simulated: its carrier, its mail relay, and the people who write and answer.

============  ====================================================================================
carrier       the SMS provider's HTTP in both directions (with carrier_rest, _store and _faults)
handset       a patron's telephone on the carrier's network
postbox       an SMTP server that stands for the relay and for every patron's mailbox
chat_client   a visitor of the chat page
texts.toml    what patrons ask and staff answer, all of our own writing
scenarios     those texts as errands, and the people who have them
arrivals      when people come: demand by weekday and hour
contacts      how a patron writes and hears by text, mail and chat, through the front doors only
patrons       seeded people who come, ask, wait, write back and go
staff         scripted members who answer through the desk
rounds        how they deal with noise: send, go, look, tell
duty          whoever carries a duty phone
tally         what became of the noise
ledger        what was sent, stored, answered and delivered: nothing lost, nothing doubled
============  ====================================================================================
"""
