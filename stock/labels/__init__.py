"""Labels: a product's code as a picture that scanners read, printed by the page."""
