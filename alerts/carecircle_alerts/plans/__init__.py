"""Plans: which plan a bed gets for a kind of alarm, and why; defaults in code, changes in versioned rows."""
