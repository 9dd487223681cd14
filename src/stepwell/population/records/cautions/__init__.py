"""One person's cautions from the lake: the facts a record gives, and what cannot be told from it."""

from stepwell.population.records.cautions.facts import PersonCautions, person_cautions

__all__ = ["PersonCautions", "person_cautions"]
