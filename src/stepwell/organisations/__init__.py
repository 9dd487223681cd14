"""Floor 1: practices, PCNs and ICBs, members and their roles, sign-off of clinical tables, the audit trail."""
