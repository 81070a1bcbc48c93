"""The wires: each adapter turns what came in into an Inbound and awaits the door, and sends what the outbox hands it.

===========  ===========================================================================================
loopback     the reference adapter, for tests
sms          texts out; sms_webhook takes texts in, sms_catch_up fetches what was missed
mail         SMTP and LMTP in; mail_out hands mails to the relay
mime         bytes to message and back, pure; mime_worker reads mails in guarded processes
webchat      the chat page, its WebSocket and its form
===========  ===========================================================================================
"""
