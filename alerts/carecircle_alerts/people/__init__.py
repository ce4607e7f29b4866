"""People: who is on duty, open, rested and placed, so that ranking asks only those who can come."""
