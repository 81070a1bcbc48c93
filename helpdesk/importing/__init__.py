"""What another desk or a mailbox kept becomes tickets of ours.

=========  =================================================================================
mapping    which column is what, in which words: a TOML file where a table has its own
sheet      a table's rows out of a file of whatever encoding, and where each begins
cells      what stands in a cell: times, addresses, channels, tags
contacts   a row as a contact, or what is wrong with it
mbox       mails out of a mailbox file, and what their headers say, without parsing them
threads    which mails belong together, oldest first
mails      a thread as a contact, its mails read by the guarded reader
spool      batches of contacts on their way to the store's owner
taking     the owner's side: each contact whole in one commit
=========  =================================================================================

Reading is streaming: a table is read twice (first to find all that is wrong with it), a mailbox once for its headers
and once for its mails; memory holds a batch, and of a mailbox some hundred bytes a mail.
"""
