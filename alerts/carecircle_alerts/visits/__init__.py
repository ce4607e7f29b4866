"""Visits: what shows that a helper was at the bed, what they found there, and the pictures they took."""
