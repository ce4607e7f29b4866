"""The database: connections, named queries, and migrations."""
