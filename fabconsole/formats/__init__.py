"""What tools print, read into facts: one module a tool, any bytes in, no exception out."""
