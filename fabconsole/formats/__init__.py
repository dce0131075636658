"""Text of one tool, understood: any bytes in, facts out, never an exception. One file a format."""
