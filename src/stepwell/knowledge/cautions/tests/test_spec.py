"""Every caution both ways: people for whom it fires and at what level, people for whom it does not, and those who cannot be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stepwell.knowledge import tables
from stepwell.knowledge.cautions import MedicineTaken, OpioidCover
from stepwell.knowledge.cautions.language import rules
from stepwell.knowledge.cautions.tests.made import (
    CODEINE,
    DIAZEPAM,
    FENTANYL_PATCH,
    GABAPENTIN,
    IBUPROFEN,
    LAXATIVE,
    MORPHINE,
    ON,
    OXYCODONE,
    PREGABALIN,
    TRAMADOL,
    ZOPICLONE,
    had,
    medicine,
    named,
    ome,
    opioid,
    outcome,
    patch,
    person,
    slow,
    value,
)
from stepwell.knowledge.medicines.model import MedicineClass as C
from stepwell.knowledge.medicines.model import Release

NEW_25 = patch("fentanyl", 25, newly_started=True, started_on=date(2026, 11, 1))
ENOUGH = OpioidCover(date(2026, 10, 1), date(2026, 11, 1), Decimal(60), Decimal(60))
PPI = named("Omeprazole 20mg gastro-resistant capsules")
UNDATED = {"cover_from": None, "cover_to": None}
ORAL_SOLUTION = {"unit": "ml", "strength_mg_per_unit": Decimal(2)}
PARACETAMOL = medicine("Paracetamol 500mg tablets", "paracetamol", mg=4000)
LIGHT = (value("weight_kg", 45),)
EIGHT_ON_DAY = date(2026, 8, 5)

Case = tuple[str, str, tuple[MedicineTaken, ...], dict[str, Any]]
CASES: list[Case] = [
    ("S01", "warn", (CODEINE, DIAZEPAM), {}),
    ("S01", "warn", (CODEINE, ZOPICLONE), {}),
    ("S01", "clear", (CODEINE, PREGABALIN), {}),
    ("S01", "clear", (DIAZEPAM, ZOPICLONE), {}),
    ("S02", "warn", (MORPHINE, GABAPENTIN), {}),
    ("S02", "clear", (MORPHINE, DIAZEPAM), {}),
    ("S02B", "warn", (PREGABALIN,), {"age": 66}),
    ("S02B", "warn", (PREGABALIN, ZOPICLONE), {}),
    ("S02B", "warn", (PREGABALIN, named("Quetiapine 25mg tablets")), {}),
    ("S02B", "warn", (PREGABALIN,), {"problems": (had("respiratory_disease"),)}),
    ("S02B", "warn", (PREGABALIN,), {"values": (value("egfr", 59),)}),
    ("S02B", "clear", (PREGABALIN,), {"age": 65}),
    ("S02B", "clear", (CODEINE, DIAZEPAM), {"age": 80}),
    ("S02B", "not assessed", (PREGABALIN,), {"age": None}),
    ("S03", "stop", (NEW_25,), {}),
    ("S03", "warn", (NEW_25,), {"problems": (had("cancer"),)}),
    ("S03", "clear", (NEW_25,), {"problems": (had("palliative"),)}),
    ("S03", "clear", (NEW_25,), {"opioid_covers": (ENOUGH,)}),
    ("S03", "clear", (FENTANYL_PATCH,), {}),
    ("S03", "not assessed", (NEW_25,), {"opioid_history_known": False}),
    ("S03B", "inform", (patch("buprenorphine", 5),), {}),
    ("S03B", "clear", (MORPHINE,), {}),
    ("S04", "inform", (CODEINE,), {"opioid_era_start": date(2026, 8, 5)}),  # 90 days with the day itself
    ("S04", "clear", (CODEINE,), {"opioid_era_start": date(2026, 8, 6)}),
    ("S04", "warn", (CODEINE,), {"opioid_era_start": EIGHT_ON_DAY, "flags": {"treatment_aim": False}}),
    ("S04", "clear", (CODEINE,), {"opioid_era_start": EIGHT_ON_DAY, "problems": (had("cancer"),)}),
    ("S04", "not assessed", (CODEINE,), {"opioid_era_start": None, "opioid_history_known": False}),
    ("S05", "warn", (TRAMADOL, named("Warfarin 1mg tablets")), {}),
    ("S05", "warn", (TRAMADOL, named("Tablets", bnf_code="0208020H0AAAAAA")), {}),
    ("S05", "clear", (CODEINE, named("Warfarin 1mg tablets")), {}),
    ("S05", "clear", (TRAMADOL, named("Apixaban 5mg tablets")), {}),
    ("S06", "warn", (TRAMADOL, named("Sertraline 50mg tablets")), {}),
    ("S06", "warn", (opioid("tapentadol"), named("Sumatriptan 50mg tablets")), {}),
    ("S06", "stop", (TRAMADOL, named("Phenelzine 15mg tablets")), {}),
    ("S06", "stop", (FENTANYL_PATCH, named("Linezolid 600mg tablets")), {}),
    ("S06", "inform", (TRAMADOL, medicine("Amitriptyline 10mg tablets", "amitriptyline", mg=10)), {}),
    ("S06", "warn", (TRAMADOL, medicine("Amitriptyline 50mg tablets", "amitriptyline", mg=150)), {}),
    ("S06", "warn", (TRAMADOL, named("Amitriptyline 10mg tablets")), {}),  # dose not known: not called low
    ("S06", "clear", (MORPHINE, named("Sertraline 50mg tablets")), {}),
    ("S07", "stop", (CODEINE,), {"age": 11}),
    ("S07", "stop", (CODEINE,), {"age": 30, "sex": "female", "flags": {"breastfeeding": True}}),
    ("S07", "stop", (CODEINE,), {"age": 15, "problems": (had("tonsillectomy_for_sleep_apnoea"),)}),
    ("S07", "clear", (CODEINE,), {"age": 12}),
    ("S07", "clear", (CODEINE,), {"age": 40, "problems": (had("tonsillectomy_for_sleep_apnoea"),)}),
    ("S07", "clear", (MORPHINE,), {"age": 11}),
    ("S07", "clear", (CODEINE,), {"flags": {}}),  # a man of 50
    ("S07", "not assessed", (CODEINE,), {"age": 30, "sex": "female", "flags": {}}),
    ("S07B", "inform", (CODEINE, named("Paroxetine 20mg tablets")), {}),
    ("S07B", "clear", (CODEINE, named("Sertraline 50mg tablets")), {}),
    ("S07C", "inform", (medicine("Codeine 15mg/5ml linctus", "codeine", classes=(C.OPIOID,)),), {}),
    ("S07C", "clear", (CODEINE,), {}),
    ("S08", "warn", (slow("oxycodone"),), {"problems": (had("surgery", date(2026, 8, 4)),)}),
    ("S08", "clear", (slow("oxycodone"),), {"problems": (had("surgery", date(2026, 8, 3)),)}),
    ("S08", "clear", (OXYCODONE,), {"problems": (had("surgery", date(2026, 10, 1)),)}),
    ("S08", "not assessed", (slow("oxycodone"),), {"problems": (had("surgery", None),)}),
    ("S09", "inform", (GABAPENTIN,), {}),
    ("S09", "clear", (CODEINE,), {}),
    ("S10", "inform", (opioid("fentanyl"),), {}),
    ("S10", "inform", (medicine("Oxycodone 10mg / Naloxone 5mg modified-release tablets", "oxycodone", "naloxone"),), {}),
    ("S10", "inform", (named("Tramadol 37.5mg / Paracetamol 325mg tablets"),), {}),
    ("S10", "inform", (named("Lidocaine 700mg medicated plasters"),), {}),
    ("S10", "inform", (named("Co-proxamol 32.5mg/325mg tablets"),), {}),
    ("S10", "clear", (FENTANYL_PATCH, OXYCODONE, TRAMADOL), {}),
    ("S10", "not assessed", (opioid("fentanyl", release=Release.UNKNOWN),), {}),
    ("S11A", "warn", (IBUPROFEN, named("Rivaroxaban 20mg tablets")), {}),
    ("S11A", "clear", (named("Ibuprofen 5% gel"), named("Rivaroxaban 20mg tablets")), {}),
    ("S11B", "warn", (IBUPROFEN,), {"problems": (had("peptic_ulcer"),)}),
    ("S11B", "clear", (IBUPROFEN, PPI), {"problems": (had("peptic_ulcer"),)}),
    ("S11C", "warn", (IBUPROFEN,), {"age": 65}),
    ("S11C", "clear", (IBUPROFEN,), {"age": 64}),
    ("S11C", "clear", (IBUPROFEN, PPI), {"age": 65}),
    ("S11D", "warn", (IBUPROFEN,), {"problems": (had("heart_failure"),)}),
    ("S11D", "clear", (IBUPROFEN,), {}),
    ("S11E", "warn", (IBUPROFEN,), {"problems": (had("ckd"),)}),
    ("S11E", "warn", (IBUPROFEN,), {"values": (value("egfr", 59),)}),
    ("S11E", "clear", (IBUPROFEN,), {"values": (value("egfr", 60),)}),
    ("S11F", "warn", (IBUPROFEN, named("Ramipril 5mg capsules"), named("Furosemide 40mg tablets")), {}),
    ("S11F", "warn", (IBUPROFEN, named("Pills", bnf_code="0205052P0AAAAAA")), {}),  # losartan with a diuretic, in one
    ("S11F", "clear", (IBUPROFEN, named("Ramipril 5mg capsules")), {}),
    ("S11G", "warn", (IBUPROFEN, named("Citalopram 20mg tablets")), {}),
    ("S11G", "warn", (IBUPROFEN, named("Clopidogrel 75mg tablets")), {}),
    ("S11G", "clear", (IBUPROFEN, named("Aspirin 300mg tablets")), {}),
    ("S12A", "warn", (MORPHINE,), {"values": (value("egfr", 29),)}),
    ("S12A", "clear", (MORPHINE,), {"values": (value("egfr", 30),)}),
    ("S12A", "clear", (OXYCODONE,), {"values": (value("egfr", 20),)}),
    ("S12B", "warn", (medicine("pregabalin", "pregabalin", mg=325),), {"values": (value("creatinine_clearance", 59.9),)}),
    ("S12B", "clear", (medicine("pregabalin", "pregabalin", mg=325),), {"values": (value("creatinine_clearance", 60),)}),
    ("S12B", "warn", (medicine("pregabalin", "pregabalin", mg=625),), {"values": ()}),  # above every limit
    ("S12B", "clear", (medicine("pregabalin", "pregabalin", mg=75),), {"values": ()}),  # below every limit
    ("S12B", "not assessed", (medicine("pregabalin", "pregabalin", mg=300),), {"values": (value("egfr", 90),)}),
    ("S12B", "not assessed", (medicine("pregabalin", "pregabalin"),), {}),
    ("S12C", "warn", (medicine("gabapentin", "gabapentin", mg=901),), {"values": (value("creatinine_clearance", 49),)}),
    ("S12C", "clear", (medicine("gabapentin", "gabapentin", mg=1800),), {"values": (value("creatinine_clearance", 50),)}),
    ("S12C", "not assessed", (GABAPENTIN,), {"values": ()}),
    ("S13", "inform", (ZOPICLONE,), {}),
    ("S13", "clear", (IBUPROFEN,), {}),
    ("S14A", "warn", (GABAPENTIN,), {"problems": (had("alcohol_dependence"),)}),
    ("S14A", "warn", (CODEINE,), {"values": (value("audit", 16),)}),
    ("S14A", "clear", (CODEINE,), {"values": (value("audit", 15),)}),
    ("S14A", "not assessed", (CODEINE,), {"values": ()}),
    ("S14B", "warn", (CODEINE,), {"problems": (had("copd"),)}),
    ("S14B", "clear", (DIAZEPAM,), {"problems": (had("copd"),)}),
    ("S14C", "inform", (CODEINE,), {"problems": (had("fall", date(2025, 11, 2)),)}),
    ("S14C", "clear", (CODEINE,), {"problems": (had("fall", date(2025, 11, 1)),)}),
    ("S14C", "inform", (CODEINE,), {"problems": (had("frailty"),)}),
    ("S14D", "inform", (CODEINE,), {}),
    ("S14D", "clear", (CODEINE, LAXATIVE), {}),
    ("S14E", "inform", (MORPHINE,), {"opioid_era_start": date(2026, 5, 6), "ome": ome(90)}),  # 181 days
    ("S14E", "clear", (MORPHINE,), {"opioid_era_start": date(2026, 5, 7), "ome": ome(90)}),
    ("S14E", "clear", (MORPHINE,), {"opioid_era_start": date(2025, 5, 7), "ome": ome(89.9)}),
    ("S14F", "warn", (PARACETAMOL,), {"values": LIGHT}),
    ("S14F", "clear", (medicine("paracetamol", "paracetamol", mg=2700),), {"values": LIGHT}),  # 60 mg for each kg
    ("S14F", "clear", (PARACETAMOL,), {"values": (value("weight_kg", 50),)}),
    ("S14F", "not assessed", (PARACETAMOL,), {"values": ()}),
    ("S15", "warn", (OXYCODONE, named("Clarithromycin 500mg tablets")), {}),
    ("S15", "warn", (FENTANYL_PATCH, named("Capsules", bnf_code="0502010B0AAAAAA")), {}),
    ("S15", "clear", (MORPHINE, named("Clarithromycin 500mg tablets")), {}),
    ("S16", "warn", (MORPHINE,), {"ome": ome(90)}),
    ("S16", "clear", (MORPHINE,), {"ome": ome(89.6)}),
    ("S16", "warn", (MORPHINE,), {"ome": ome(120, at_least=True)}),
    ("S16", "not assessed", (MORPHINE,), {"ome": ome(60, at_least=True)}),
    ("S16", "not assessed", (MORPHINE,), {"ome": None}),
    ("S16", "clear", (DIAZEPAM,), {"ome": None}),
    ("S17", "inform", (MORPHINE,), {"ome": ome(50)}),
    ("S17", "inform", (CODEINE, DIAZEPAM), {}),
    ("S17", "inform", (), {"problems": (had("overdose"),)}),
    ("S17", "inform", (), {"flags": {"after_taper": True}}),
    ("S17", "clear", (CODEINE,), {}),
    ("S18", "inform", (opioid("morphine", last_quantity=Decimal(301), **ORAL_SOLUTION),), {}),
    ("S18", "clear", (opioid("morphine", last_quantity=Decimal(300), **ORAL_SOLUTION),), {}),
    ("S18", "clear", (opioid("morphine", last_quantity=Decimal(500), unit="ml", strength_mg_per_unit=Decimal(20)),), {}),
    ("S18", "not assessed", (opioid("morphine", **ORAL_SOLUTION),), {}),
    ("S19A", "stop", (CODEINE,), {"sex": "female", "age": 30, "flags": {"about_to_taper": True}, "problems": (had("pregnancy", date(2026, 6, 1)),)}),
    ("S19A", "clear", (CODEINE,), {"sex": "female", "age": 30, "flags": {"about_to_taper": True}, "problems": (had("pregnancy", date(2024, 6, 1)),)}),
    ("S19A", "clear", (CODEINE,), {"sex": "female", "age": 30, "problems": (had("pregnancy", date(2026, 6, 1)),)}),
    ("S19A", "not assessed", (CODEINE,), {"sex": "female", "age": 30, "flags": {"about_to_taper": True}, "lists_searched": frozenset()}),
    ("S19A", "clear", (CODEINE,), {"flags": {"about_to_taper": True}, "lists_searched": frozenset()}),  # a man
    ("S19B", "warn", (PREGABALIN,), {"sex": "female", "age": 55, "flags": {"contraception_plan": False}}),
    ("S19B", "warn", (PREGABALIN,), {"sex": "female", "age": 12, "flags": {}}),  # not asked is not a plan
    ("S19B", "clear", (PREGABALIN,), {"sex": "female", "age": 55}),
    ("S19B", "clear", (PREGABALIN,), {"sex": "female", "age": 56, "flags": {"contraception_plan": False}}),
    ("S19B", "clear", (GABAPENTIN,), {"sex": "female", "age": 30, "flags": {"contraception_plan": False}}),
    ("S20", "warn", (slow("morphine", mr_interval_hours=24, times_a_day_max=Decimal(2)),), {}),
    ("S20", "warn", (slow("morphine", times_a_day_max=Decimal(1)),), {}),
    ("S20", "clear", (slow("morphine", times_a_day_max=Decimal(1), last_step_of_plan=True),), {}),
    ("S20", "clear", (slow("morphine"), slow("tramadol", mr_interval_hours=24, times_a_day_max=Decimal(1))), {}),
    ("S20", "not assessed", (slow("morphine", mr_interval_hours=None),), {}),
    ("S20", "not assessed", (slow("morphine", times_a_day_max=None),), {}),
    ("S20", "warn", (patch("buprenorphine", 5, change_days_min=Decimal(3), change_days_max=Decimal(4)),), {}),
    ("S20", "clear", (patch("buprenorphine", 35, patch_interval_hours=96, change_days_min=Decimal("3.5"), change_days_max=Decimal("3.5")),), {}),
    ("S20", "warn", (patch("buprenorphine", 35, patch_interval_hours=96, change_days_min=Decimal(3), change_days_max=Decimal(3)),), {}),
    ("S20", "not assessed", (patch("buprenorphine", 35, patch_interval_hours=None),), {}),
]  # fmt: skip


@pytest.mark.parametrize(("caution_id", "expected", "medicines", "known"), CASES)
def test_a_caution(
    caution_id: str, expected: str, medicines: tuple[MedicineTaken, ...], known: dict[str, Any]
) -> None:
    assert outcome(caution_id, person(*medicines, **known)) == expected


def test_every_caution_of_the_table_has_a_rule_and_is_shown_both_ways() -> None:
    declared = {row["caution_id"] for row in tables.rows("cautions")}
    assert len(declared) == 38
    assert {rule.id for rule in rules()} == declared
    fires = {case[0] for case in CASES if case[1] in ("stop", "warn", "inform")}
    assert fires == declared
    assert {case[0] for case in CASES if case[1] == "clear"} == declared


def test_a_person_with_nothing_wrong_is_clear_of_every_caution() -> None:
    found = outcome
    assert {found(rule.id, person(), ON) for rule in rules()} == {"clear"}


@pytest.mark.parametrize("rule_id", [rule.id for rule in rules()])
def test_of_a_person_of_whom_nothing_is_known_nothing_is_clear(rule_id: str) -> None:
    unknown = person(
        medicines_complete=False, lists_searched=frozenset(), values=(), age=None, sex=None, flags={}, ome=None,
        opioid_history_known=False, opioid_era_start=None,
    )  # fmt: skip
    assert outcome(rule_id, unknown) == "not assessed"
