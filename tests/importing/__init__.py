"""Importing: tables and mailboxes of other desks, the hostile ones too."""
