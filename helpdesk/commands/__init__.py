"""Commands with subcommands or steps of their own; :mod:`helpdesk.cli` gathers them."""
