"""Sets: products that are sold as one and lie as their parts."""
