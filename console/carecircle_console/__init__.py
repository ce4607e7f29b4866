"""What dispatchers, responders, families and administrators see and do."""
