"""Wording: what is said to people, in their language, and no more than the channel deserves."""
