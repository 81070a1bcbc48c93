"""The engine over SQLite."""
