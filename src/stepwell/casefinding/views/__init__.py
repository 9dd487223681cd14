"""Pages of case finding: imports, searches, candidate lists and the people on them."""
