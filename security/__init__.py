"""Who you are, what you may do, what is sealed and what was seen."""
