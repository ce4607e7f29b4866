"""Rules: pure functions that decide what an observation means."""
