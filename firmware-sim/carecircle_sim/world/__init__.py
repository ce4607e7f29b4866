"""The outside world, simulated: the channels by which people are told, and people who answer."""
