"""Pages about people a practice has taken onto its list."""
