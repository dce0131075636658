"""Lines of logs, in whichever way they are stamped."""
