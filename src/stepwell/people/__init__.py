"""Floor 2: a person known to a practice. Identity, contact details, registration, death."""
