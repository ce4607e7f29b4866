"""Routes of the console's HTTP interface, one file a resource."""
