"""Drills: test messages through every contact of a responder, and what they say of reaching that person."""
