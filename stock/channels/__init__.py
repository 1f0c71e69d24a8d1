"""What each marketplace may sell: free stock less what is kept back, told in its own codes."""
