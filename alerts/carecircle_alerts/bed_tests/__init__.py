"""Bed tests: an announced press of a bed's button that must travel the whole way; whatever is unclear is a call."""
