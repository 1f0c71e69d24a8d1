"""Pay: prices, the won earned for accepted work, and the months they are paid in."""
