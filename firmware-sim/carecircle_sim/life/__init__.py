"""Life: where a resident is and what the body does, by the minute; nothing here knows of devices."""
