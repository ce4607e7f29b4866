"""The history path: every reading of every bed, stored once."""
