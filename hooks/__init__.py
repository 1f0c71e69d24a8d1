"""What programs of others are told: signed webhooks about news of every room."""
