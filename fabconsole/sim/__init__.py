"""A small living fabric with faults, behind real SSH servers on loopback, in its own process."""
