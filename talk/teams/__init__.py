"""What a team has together: its board, its announcements and its thread."""
