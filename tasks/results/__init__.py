"""What came of the work of a kind that the owner made: its accepted answers as a table to take out."""
