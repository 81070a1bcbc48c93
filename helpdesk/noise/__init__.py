"""The rules of the Noiseline, pure: what a text tells of, what is said by itself, and the life of an incident.

=========  ==============================================================
kinds      what kind of noise a text tells of
concerns   whether somebody may be in danger
incidents  what a desk sees of a noise that several texts tell of
=========  ==============================================================
"""
