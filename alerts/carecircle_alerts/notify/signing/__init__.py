"""Signing: how requests to cloud providers are signed."""
