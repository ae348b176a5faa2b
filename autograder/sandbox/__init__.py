"""The untrusted side and its walls: student code runs here, and nothing of ours is imported."""
