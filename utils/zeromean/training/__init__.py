"""Small networks that lectures and demos train while you watch, and what was trained before."""
