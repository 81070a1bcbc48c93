"""Our figures beside those of other libraries: like beside like, and nothing ranked that is not alike.

==========  ==========================================================================================
peers       a published figure, whoever published it; reads and writes files of them (``peers.toml``)
likeness    whether two figures tell of the same promise, and if not, why
comparison  ours among theirs: placed in a funnel, set beside it, or refused, each with its reason
ours        the figures of our own report in the form of a peer
text        a comparison to read
chart       a funnel drawn, with its table
==========  ==========================================================================================
"""
