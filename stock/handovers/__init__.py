"""Hand-overs: goods go to a partner's home and come back, and whoever gets them says how many came."""
