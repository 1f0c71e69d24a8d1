"""Goods and orders: what is promised, what is here, what to buy."""
