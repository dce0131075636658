"""The command line: it wires the rooms together and decides nothing."""
