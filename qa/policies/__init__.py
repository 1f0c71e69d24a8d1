"""Ways of giving work, tried on made-up weeks before a shop lives by them."""
