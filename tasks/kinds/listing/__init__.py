"""Listing: what a product is called and said to be on a channel, from its pictures and supplier's text."""
