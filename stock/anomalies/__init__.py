"""What is odd before it ships: orders that were most likely entered wrong wait for the owner's word."""
