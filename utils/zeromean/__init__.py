"""What a student of Zero Mean needs beside NumPy."""

from __future__ import annotations

from zeromean.checking.check import check
from zeromean.checking.progress import progress
from zeromean.checking.stages import stages

__all__ = ["check", "progress", "stages"]
