"""Floor 2: data at scale. The engine, the lake, the vault, records and the synthetic neighbourhood. No Django."""
