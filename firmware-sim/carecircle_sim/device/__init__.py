"""Devices as firmware: what they make of life, with their clocks, batteries, numbers and defects."""
