"""What people say to each other about the work, and what tells them that something needs them."""
