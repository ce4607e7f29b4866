"""Replay: the same rules over stored history, to see what a change of settings would have raised."""
