"""Demos of lecture 3, activation functions."""
