"""The demos of lecture 4."""
