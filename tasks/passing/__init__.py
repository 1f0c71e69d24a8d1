"""How far into a queue nothing is for a partner: that is not walked past again."""
