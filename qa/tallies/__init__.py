"""Roll-ups of the days, kept from the journal, so that no board counts over a whole table."""
