"""Parts of the ingest bench: load, servers, contenders, and one module for each thing that is measured."""
