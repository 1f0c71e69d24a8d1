"""Lateness and what an agreement says of it: a month's late work, what it would come to, what is waived."""
