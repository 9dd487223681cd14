"""Floor 0: what every floor stands on. Errors written for the person reading, progress, the clock, settings values."""
