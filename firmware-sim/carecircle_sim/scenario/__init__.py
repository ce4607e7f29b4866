"""Scenarios: what is to be simulated, read from TOML, and the stream of messages and truths that comes of it."""
