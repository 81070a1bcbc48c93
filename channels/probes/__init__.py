"""Probes: how each channel sends one to ourselves, and what it shows if it comes back.

=======  ==========================================================================
mail     through the relay to our own mailbox
texts    from one of our numbers to another; else a look at the carrier's account
         and a signed call to our own webhook by its public address
chat     the public page, its socket, one message
=======  ==========================================================================
"""

from channels.probes.made import probers

__all__ = ["probers"]
