"""Hours that a partner offers in a week, and days off: an offer, never an order or looked back at."""
