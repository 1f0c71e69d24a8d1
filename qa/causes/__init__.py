"""Escapes, control and causes: what slipped through, whether it is more than chance, and what is done."""
