"""Rituals: the weekly review that writes its own minutes, and the monthly talks with partners."""
