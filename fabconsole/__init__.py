"""A live console for the InfiniBand and NVLink fabric of an AI supercomputer."""

__version__ = "0.1.0"
