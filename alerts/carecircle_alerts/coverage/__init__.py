"""Coverage of the service circle: which beds somebody reaches in time, what leaves them uncovered, where to build."""
