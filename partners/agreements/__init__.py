"""Agreements: what a shop and a partner promise each other, edition by edition, signed by both."""
