"""The fold of the stream: rates, health, roll-ups, and the snapshot a screen reads."""
