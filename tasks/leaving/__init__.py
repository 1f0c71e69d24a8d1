"""The end of working together, over goods, work and access: what still stands, and the act itself."""
