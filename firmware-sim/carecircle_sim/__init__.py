"""Homes, people and the outside world, simulated, so that the platform can be tried honestly."""
