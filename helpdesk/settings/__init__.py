"""The settings file: read and checked as a whole, and written to start from.

==========  =========================================================================================
file        where it lies, what is in it, and every problem with its line
rules       what must hold between settings
starter     what ``helpdesk init`` writes
==========  =========================================================================================

What settings there are stands in :mod:`helpdesk.config`.
"""
