"""Upkeep: rolls history up by minute, hour and day, drops what is old, and chooses how long chunks are."""
