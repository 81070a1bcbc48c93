"""The rules of the Noiseline, pure: what a text tells of, what is said by itself, and the life of an incident.

==========  ==================================================================
hearing     what is understood of a text before it is stored
kinds       what kind of noise a text tells of (kinds.toml)
concerns    whether somebody may be in danger (concerns.toml), and what staff see then
phrases     the language of those word lists; spelling: words as they were meant
answers     which text goes out by itself, if any
texts       the wording of lines (texts.toml); texts_file reads a library's own and checks it
openings    hours as a text says them
voice       a line's texts, filled with what is known
incidents   what a desk sees of a noise that several texts tell of
life        an incident's life
rules       what the desk goes by: places, who can be sent, what is said back
escalation  what nobody took goes to the duty list
==========  ==================================================================
"""
