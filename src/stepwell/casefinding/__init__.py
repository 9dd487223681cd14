"""Floor 4: from a practice's extract to the people to look at. Uploads, searches, candidate lists, data quality."""
