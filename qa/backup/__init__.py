"""Keeping a copy of everything, putting it back, and rehearsing that."""
