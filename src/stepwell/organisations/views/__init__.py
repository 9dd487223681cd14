"""Pages of an organisation: its members, what they may see, what is signed off, who looked."""
