"""The evidence pack: what the desk's log can show an assessor of Customer Service Excellence, and what it can't.

==========  ==========================================================================================
elements    the standard's elements that a log can speak to, in our own words (``cse.toml``)
kept        grades and notes that people keep from year to year
gathering   reads the store, the settings and people's files into material
material    all that a pack is made from
drafts      what the figures say of each element, put together from parts of
promised    the standards, their history, every form of contact, what patrons are told
performed   attainment, misses and reasons, dips, what was published, what was told in time
reached     hours, channels, demand, what is kept of those who write
compared    the funnel and the peers
shown       what a part shows: sentences, tables, files, open points
documents   promises with their history, and opening hours, as text
pages       the index that an assessor opens, as HTML and as plain text
pack        everything together: names and bytes
folder      puts a pack into a folder, whole or not at all
==========  ==========================================================================================
"""
