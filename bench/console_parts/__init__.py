"""Parts of `bench.console`, one file a question."""
