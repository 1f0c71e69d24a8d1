"""Leaving: asked for by either side, ended with nothing owed; papers to take along, and forgetting."""
