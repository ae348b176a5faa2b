"""Demos of lecture 5, optimizers and schedules."""
