"""A reading as a page for the terminal: how a paste from a ticket is read."""
