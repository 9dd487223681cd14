"""Floor 1: clinical facts as data and calculations as functions. Pure, typed; no Django, database, clock or network."""
