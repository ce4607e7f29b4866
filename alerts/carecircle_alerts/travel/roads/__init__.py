"""The road network in-process: from OpenStreetMap's ways to one file, and from that file to exact road times."""
