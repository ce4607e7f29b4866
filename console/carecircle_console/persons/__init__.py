"""Persons: a person's export, streamed out of the catalogue."""
