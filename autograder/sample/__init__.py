"""The bundled class: students whose marks are known, graded end to end, and timed."""
