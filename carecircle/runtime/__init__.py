"""The private runtime: a real TimescaleDB and a real Mosquitto on a machine that has neither, below everything else."""
