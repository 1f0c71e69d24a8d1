"""How much of each product is asked for: counted from orders day by day, and what comes next."""
