"""What is opened only after a guess: an answer must not stand in plain sight below its question."""

from __future__ import annotations

AFTER = "After your guess"


def folded(inside: str, title: str = AFTER) -> str:
    """Return a piece of HTML or Markdown behind `title`, which opens it."""
    return f'<details class="zm-fold">\n<summary>{title}</summary>\n\n{inside}\n\n</details>'
