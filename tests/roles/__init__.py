"""Who may do what: the table, the gate before every call, tokens, sessions, and the trail of who looked."""
