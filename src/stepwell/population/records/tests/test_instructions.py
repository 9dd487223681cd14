"""What an instruction yields for a current dose: read, or something a clinician must look at."""

from __future__ import annotations

import pytest

from stepwell.knowledge.medicines import identify
from stepwell.population.records.resolve import instruction_row

MORPHINE, FENTANYL = "MST Continus 30mg tablets", "Fentanyl 25micrograms/hour transdermal patches"

STATES = [
    # medicine, instruction, state, OME at most
    (MORPHINE, "one twice a day", "read", 60),
    (MORPHINE, "", "empty", None),
    (MORPHINE, "as directed", "unreadable", None),
    (MORPHINE, "one when required", "open", None),
    # Steps: which has been reached is not written, so only a first step that is the highest is relied on.
    (MORPHINE, "2 bd for 1 week then 1 bd for 1 week then stop", "read", 120),
    (MORPHINE, "1 bd increasing to 2 bd after a week", "unreadable", None),
    (MORPHINE, "1 bd for 7 days then 2 bd", "unreadable", None),
    (MORPHINE, "1 bd then 1 tds then 1 bd", "unreadable", None),
    (MORPHINE, "1 bd, can increase to 2 bd", "unreadable", None),
    (MORPHINE, "1 bd increase by 1 tablet every week to max 4 bd", "unreadable", None),
    (MORPHINE, "1 tds (titrate up)", "unreadable", None),
    # Not believed
    (MORPHINE, "30 micrograms bd", "implausible", None),
    (FENTANYL, "apply 50mcg/hr every 72 hours", "unreadable", None),
    (FENTANYL, "apply one patch every 72 hours", "read", 60),
    (FENTANYL, "apply 1-2 patches every 72 hours", "read", 120),
]


@pytest.mark.parametrize(("medicine", "text", "state", "most"), STATES)
def test_what_an_instruction_yields(medicine: str, text: str, state: str, most: float | None) -> None:
    row = instruction_row("a line", text, identify(name=medicine).product)

    assert (row["state"], row["ome_max"]) == (state, most)
