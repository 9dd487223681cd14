"""Noise is taken out before any number is read, and kept."""

from __future__ import annotations

import pytest

from stepwell.knowledge.dosage import parse

NOISE = [
    ("1 bd dispense weekly", ("dispense weekly",)),
    ("1 bd. 7 day script", ("7 day", "script")),
    ("1 bd 28 day supply", ("28 day", "supply")),
    ("1 bd weekly dispensing", ("weekly", "dispensing")),
    ("1 bd review 12/03/2024", ("review 12/03/2024",)),
    ("1 bd review in 2-4 weeks", ("review in 2-4 weeks",)),
    ("1 bd. medication review due june 2024", ("medication review due june 2024",)),
    ("1 bd do not issue before 1st June 2024", ("do not issue before 1st June 2024",)),
    ("1 bd x 56", ("x 56",)),
    ("1 bd (56)", ("(56)",)),
    ("56 tabs. 1 bd", ("56 tabs",)),
    ("300ml. 5ml bd", ("300ml",)),
    ("1 bd 2 x 28", ("2 x 28",)),
    ("1 bd 56 tablets", ("56 tablets",)),
    ("1 bd supply 56", ("supply 56",)),
    ("30/500 1 bd", ("30/500",)),
    ("30mg/500mg 1 bd", ("30mg/500mg",)),
    ("10mg/5ml take 5ml bd", ("10mg/5ml",)),
    ("20mg/ml take 1ml bd", ("20mg/ml",)),
    ("5mg/2.5mg 1 bd", ("5mg/2.5mg",)),
    ("10/5mg 1 bd", ("10/5mg",)),
    ("25micrograms/hour 1 patch every 72 hours", ("25micrograms/hour",)),
    ("apply 1 plaster 5% daily", ("5%",)),
    ("1 bd. May cause drowsiness. Do not drive", ("May cause drowsiness", "Do not drive")),
    ("1 bd contains paracetamol. Ask somebody about this", ("contains paracetamol. Ask somebody about this",)),
    ("1 bd do not drive for 24 hours", ("do not drive for 24 hours",)),
    ("1 bd as per hospital letter", ("as per hospital letter",)),
    ("1 bd tel 0151 496 0000", ("tel 0151 496 0000",)),
    ("1 bd L3 5TQ", ("L3 5TQ",)),
    ("1 bd 20 minutes before food", ("20 minutes",)),
    ("1 sachet in 150ml of water bd", ("150ml of water",)),
    ("1 bd at least 4 hours apart", ("at least 4 hours apart",)),
    ("1 bd with at least 4-6 hours between doses", ("with at least 4-6 hours between doses",)),
    ("1 plaster on for 12 hours off for 12 hours", ("on for 12 hours off for 12 hours",)),
    ("1 bd from 12/03/2024", ("from 12/03/2024",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "noise"), NOISE)
def test_noise_is_kept_in_its_place(text: str, noise: tuple[str, ...]) -> None:
    dosage = parse(text)

    assert dosage.noise == noise
    assert dosage.reason is None


def test_a_gp_connect_warning_is_noise_and_a_flag() -> None:
    dosage = parse("One daily. WARNING - Dosage has changed during the effective period 12/03/2024")

    assert dosage.daily_max == 1
    assert "dosage_changed" in dosage.flags
    assert dosage.noise[-1] == "Dosage has changed during the effective period 12/03/2024"


@pytest.mark.parametrize(
    ("text", "daily"),
    [
        ("1 daily dispense weekly", 1),
        ("2 weekly script 1 bd", None),
        ("1 od daily dispensing", 1),
        ("weekly script 1 tab bd", 2),
        ("dispense 4. 2 bd", 4),
        ("1 every 8 hours after food", 3),
        ("1 2 hours before bed", 1),
        ("may cause drowsiness take 1 bd", 2),
        ("avoid 2 bd", None),
        ("1 bd every 7 days supply", None),
    ],
)
def test_noise_takes_no_dose_with_it(text: str, daily: int | None) -> None:
    assert parse(text).daily_max == daily


def test_a_ceiling_is_not_noise() -> None:
    dosage = parse("1-2 prn. Do not take more than 2 at any one time. Do not take more than 8 in 24 hours")

    assert (dosage.daily_min, dosage.daily_max, dosage.ceiling) == (0, 8, 8)
