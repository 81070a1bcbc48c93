"""One API: the same desk from another process or another machine, and what other systems read.

===========  ===================================================================
identity     who asks; bearer: by a personal token; slowing: bad ones wait
table        a line for each call: its method and path; routes: what is made of them
calls        the calls of a protocol, from its type hints
problems     errors as problem documents (RFC 9457), and back
answering    the API as an ASGI application; live: what happens, pushed
admitting    the gate before all that is offered
description  the API's own description (OpenAPI)
server       its listeners: the owner's Unix socket, TCP with TLS and tokens
auth         the Unix socket that only its owner can open
remote       the Python client: a Desk at the end of a wire
oidc_login   sign-in for who has no token yet; oidc: by the library's provider; signing_in: the caller's end
hook_sender  outgoing webhooks
===========  ===================================================================
"""
