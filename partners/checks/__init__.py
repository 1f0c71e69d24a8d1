"""Checks in both directions: what an owner looks at before a last yes, and what no shop may ask for."""
