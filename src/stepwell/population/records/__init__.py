"""Patient-level data: importers into one canonical schema, exposures derived from it, searches over both."""
