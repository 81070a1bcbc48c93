"""Walks through the desk, key by key: together they drive every command of the table, wherever it works."""
