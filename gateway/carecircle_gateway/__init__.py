"""The home box: turns what local devices say into the platform's contract and keeps it until it has arrived."""
