"""The evidence pack: what the desk's log can show an assessor of Customer Service Excellence, and what it can't.

==========  ==========================================================================================
elements    the standard's elements that a log can speak to, in our own words (``cse.toml``)
kept        grades and notes that people keep from year to year
material    all that a pack is made from
drafts      what the figures say of each element: sentences, tables, documents, gaps
tables      the figures as CSV files
documents   promises with their history, opening hours, privacy, as text files
pages       the index that an assessor opens, as HTML and as plain text
pack        everything together: names and bytes
folder      puts a pack into a folder, whole or not at all
==========  ==========================================================================================
"""
