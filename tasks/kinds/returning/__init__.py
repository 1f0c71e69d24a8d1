"""Returning: what a customer sent back is looked at by a procedure, unit by unit."""
