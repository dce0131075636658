"""The console: the only rooms that know Textual."""
