"""The map's own vector tiles: from an extract to one file that the console serves, without any other host."""
