"""Widgets: data in by one method, intent out by messages."""
