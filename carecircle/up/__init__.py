"""Everything on one machine: starts, watches and ends the servers and services of a demo, a test or a trial."""
