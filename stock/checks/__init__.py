"""The weekly look at the stock: what to count, what was off, what to order and clear, and a signature."""
