"""Parts of the dispatch bench, each callable alone."""
