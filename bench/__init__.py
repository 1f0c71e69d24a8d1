"""The bench: the whole house measured as people meet it, over HTTP, in processes of its own."""
