"""The settings file: read and checked as a whole, and written to start from.

==========  =========================================================================================
file        where it lies, what is in it, and every problem with its line
rules       what must hold between settings
starter     what ``helpdesk init`` writes
zoning      the plan of zones, from the file that the settings name
wording     the automatic texts of every line, from theirs
noise       what the desk goes by in matters of noise
==========  =========================================================================================

What settings there are stands in :mod:`helpdesk.config`.
"""
