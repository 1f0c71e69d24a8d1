"""What to buy, when and from whom: proposals with a reason, purchases, and what suppliers keep."""
