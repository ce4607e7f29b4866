"""Lifeline: an independent reader of the broker that shouts when the way above it is stuck."""
