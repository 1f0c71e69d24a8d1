"""Judging work and measuring everything."""
