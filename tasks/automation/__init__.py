"""Automation: what the house opens by itself when something happens and the owner's conditions hold."""
