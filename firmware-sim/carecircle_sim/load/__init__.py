"""Load: many beds from one process, told over a bounded number of sessions."""
