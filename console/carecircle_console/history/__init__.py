"""History: a resident's readings over time, for charts, for tables and for other systems of care."""
