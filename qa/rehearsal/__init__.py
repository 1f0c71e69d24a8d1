"""The rehearsal: made-up people play a shop's days through the real desks, by a clock of their own."""
