"""Reviewers measured: second looks that nobody can tell from first ones, rounds, and what they come to."""
