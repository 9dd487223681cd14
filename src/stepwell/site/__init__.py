"""Floor 7: the people's front door. Settings, addresses, layout, the home page."""
