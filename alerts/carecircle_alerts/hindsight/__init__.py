"""Hindsight: what history that came late says of what was told; it corrects the record and never alarms."""
