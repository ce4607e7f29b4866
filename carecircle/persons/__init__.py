"""Persons: what the database holds of whom, what an export shows of it, and what erasure does with it."""
