"""The demos of lecture 2."""
