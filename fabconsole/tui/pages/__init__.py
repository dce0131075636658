"""What each place shows: pure functions from a snapshot to lines."""
