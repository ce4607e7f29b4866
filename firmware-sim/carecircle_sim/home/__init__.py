"""A home: one resident, a set of devices, a radio and a router, told forth in order of delivery."""
