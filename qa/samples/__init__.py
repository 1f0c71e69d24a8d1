"""Samples on gold: made from a procedure and, where there is one, from work whose verdict is known."""
