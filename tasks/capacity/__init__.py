"""Whether the hours that partners offer are enough for the work that is due: sums alone."""
