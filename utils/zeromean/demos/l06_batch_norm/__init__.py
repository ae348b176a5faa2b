"""The demos of lecture 6."""
