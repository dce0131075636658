"""What the command lines of managed switches print."""
