"""What a fabric is: its inventory, its links and their two ends, its counters, its health."""
