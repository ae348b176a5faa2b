"""Demos: each module has `compute(params)`, which only calculates, and `demo()`, which shows it."""
