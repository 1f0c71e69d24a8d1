"""Goods that customers send back: asked for, arrived, kept apart, looked at, and sold again or not."""
