"""Webhooks: what other systems may hear of, how it is signed, and where it may go. Pure rules, no HTTP, no store.

=============  =====================================================================
vocabulary     the public names of events, and what each message says
signature      Standard Webhooks: secrets, headers, signatures
destination    which URLs and which addresses a message may be sent to
=============  =====================================================================

Who looks after hooks is :mod:`helpdesk.hooks`; :mod:`helpdesk.hook_delivery` delivers.
"""
