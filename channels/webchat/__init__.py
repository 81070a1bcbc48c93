"""Web chat: a page that we serve, a WebSocket, and a form for when nobody can chat.

==========  ==========================================================================================
frames      the protocol: JSON text to typed frames and back (pure)
visit       one visitor's socket, from hello to goodbye
form        the form's fields, checked and answered in words (pure)
routes      what the web server mounts: page, script, style, form, socket
sender      hands a reply to the visitor's pages
chat.html   the page, with chat.css and chat.js beside it: no markup from a message ever runs
==========  ==========================================================================================
"""

from channels.webchat.routes import webchat_routes
from channels.webchat.sender import ChatSender

__all__ = ["ChatSender", "webchat_routes"]
