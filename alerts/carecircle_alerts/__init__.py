"""The live path: danger becomes an incident, an incident becomes a person at the door."""
