"""The key store of sealed lines, and the master key that wraps it."""
