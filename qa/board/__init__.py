"""The owner's board: figures with their change, what needs a decision, and the rows behind each number."""
