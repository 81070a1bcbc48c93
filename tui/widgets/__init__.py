"""What the screens are made of.

=========  ==============================================================
lines      a few lines of spans: mastheads, tabs, heads, footers
tickets    the worklist: a Line-API list over pages that are read as needed
thread     a ticket's thread as a scroll of lines
composer   where a reply or a note is written
=========  ==============================================================
"""
