"""Serves an application on a free loopback port: the same server that the house itself uses."""

from helpdesk.serving import serving

__all__ = ["serving"]
