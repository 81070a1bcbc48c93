"""Texts, plans and properties of the reader of places."""
