"""What a student of Zero Mean needs beside NumPy."""

from __future__ import annotations

from zeromean.checking.check import check

__all__ = ["check"]
