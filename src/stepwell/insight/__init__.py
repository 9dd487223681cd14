"""Pages of public prescribing data: one organisation, one measure, and how practices compare. Nothing here identifies anybody."""
