"""Packing: the goods of one order into one parcel."""
