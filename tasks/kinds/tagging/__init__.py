"""Tagging: photos described with a vocabulary by several hands, weighed into tags on the product."""
