"""The owner's API: the same desk, from another process.

========  ======================================================================
codec     calls, results and errors as JSON, by the type hints of the protocol
auth      the Unix socket that only its owner can open
server    a Desk over HTTP: the owner's side
remote    a Desk over HTTP: the side of whoever attaches
========  ======================================================================
"""
