"""The console's screens: they arrange widgets and translate their messages."""
