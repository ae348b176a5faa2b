"""Decides: calls the student's functions, compares, names the misconception, counts the marks."""
