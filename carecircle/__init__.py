"""CareCircle's shared vocabulary: what every service of the platform means by the same word."""
