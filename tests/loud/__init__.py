"""Noise in reports: what a day of it comes to, whatever happens, and a term of it against a naive fold."""
