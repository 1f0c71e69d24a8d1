"""How somebody comes to work for a shop: its own card, the page for applications, what is made of them."""
