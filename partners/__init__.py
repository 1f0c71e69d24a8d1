"""People: the partners of a shop, their standing and their pay."""
