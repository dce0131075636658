"""What an operator can do about it: diagnostic commands, classed, addressed and written down."""
