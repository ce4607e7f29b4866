"""Drivers: one file per family of local devices, turning what its bridge publishes into neutral sightings (pure)."""
