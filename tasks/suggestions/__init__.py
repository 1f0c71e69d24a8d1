"""Suggestions from past accepted work: how often they are kept, and which of them rest."""
