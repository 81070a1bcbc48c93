"""The query language of the worklist."""
