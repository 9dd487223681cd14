"""Which groups a medicine is in, and where that cannot be said."""

from __future__ import annotations

import pytest

from stepwell.knowledge.medicines import Group, groups_of, holds, identify
from stepwell.knowledge.medicines.groups import WORDS

G = Group
YES, NO, UNKNOWN = True, False, None


def test_every_group_is_said_in_words() -> None:
    assert set(WORDS) == set(Group)


@pytest.mark.parametrize(
    ("name", "group", "answer"),
    [
        ("Codeine 30mg tablets", G.WEAK_OPIOID, YES),
        ("Codeine 30mg tablets", G.STRONG_OPIOID, NO),
        ("Co-codamol 8mg/500mg tablets", G.WEAK_OPIOID, YES),
        ("Tramadol 37.5mg / Paracetamol 325mg tablets", G.WEAK_OPIOID, NO),
        ("Tramadol 37.5mg / Paracetamol 325mg tablets", G.TRAMADOL_OR_TAPENTADOL, YES),
        ("Tapentadol 50mg tablets", G.TRAMADOL_OR_TAPENTADOL, YES),
        ("Tapentadol 50mg tablets", G.STRONG_OPIOID, NO),
        ("Morphine 10mg modified-release tablets", G.STRONG_OPIOID, YES),
        ("Morphine 10mg modified-release tablets", G.LONG_ACTING_OPIOID, YES),
        ("Morphine 10mg tablets", G.LONG_ACTING_OPIOID, NO),
        ("Morphine 30mg capsules", G.LONG_ACTING_OPIOID, UNKNOWN),
        ("Morphine", G.LONG_ACTING_OPIOID, UNKNOWN),
        ("Naproxen 500mg modified-release tablets", G.LONG_ACTING_OPIOID, NO),
        ("BuTrans 5micrograms/hour patches", G.LONG_ACTING_OPIOID, YES),
        ("BuTrans 5micrograms/hour patches", G.TRANSDERMAL_OPIOID, YES),
        ("Fentanyl 37.5microgram/hour transdermal patches", G.HIGH_DOSE_90, YES),
        ("Fentanyl 37.5microgram/hour transdermal patches", G.HIGH_DOSE_120, NO),
        ("Fentanyl 50micrograms/hour transdermal patches", G.HIGH_DOSE_120, YES),
        ("Zomorph 60mg capsules", G.HIGH_DOSE_120, YES),
        ("MXL 60mg capsules", G.HIGH_DOSE_120, NO),
        ("MXL 60mg capsules", G.HIGH_DOSE_90, NO),
        ("Morphine 60mg modified-release capsules", G.HIGH_DOSE_120, UNKNOWN),
        ("Morphine 60mg modified-release tablets", G.HIGH_DOSE_120, YES),
        ("Oxycodone 30mg modified-release tablets", G.HIGH_DOSE_90, YES),
        ("Oxycodone 30mg modified-release tablets", G.HIGH_DOSE_120, NO),
        ("Morphine 100mg/5ml oral solution", G.HIGH_DOSE_120, NO),
        ("Tramadol 400mg modified-release tablets", G.HIGH_DOSE_120, NO),
        ("Fentanyl patches", G.HIGH_DOSE_120, UNKNOWN),
        ("Oxycodone 10mg/1ml solution for injection ampoules", G.PARENTERAL_OPIOID, YES),
        ("Oxycodone 10mg/1ml solution for injection ampoules", G.ORAL_OPIOID, NO),
        ("Morphine 10mg/3ml injection", G.ORAL_OPIOID, UNKNOWN),
        ("Fentanyl 100microgram buccal tablets sugar free", G.TRANSMUCOSAL_OPIOID, YES),
        ("Gabapentin 300mg capsules", G.GABAPENTINOID, YES),
        ("Gabapentin 6% gel", G.GABAPENTINOID, NO),
        ("Methadone 1mg/ml oral solution", G.OPIOID, NO),
        ("Methadone 1mg/ml oral solution", G.DEPENDENCE_TREATMENT, YES),
        ("Zopiclone 7.5mg tablets", G.DEPENDENCE_FORMING, YES),
        ("Ibuprofen 400mg tablets", G.ORAL_NSAID, YES),
        ("Ibuprofen 5% gel", G.ORAL_NSAID, NO),
        ("Diclofenac sodium 100mg suppositories", G.ORAL_NSAID, NO),
        ("Amlodipine 5mg tablets", G.OPIOID, NO),
    ],
)  # fmt: skip
def test_holds(name: str, group: Group, answer: bool | None) -> None:
    assert holds(group, identify(name=name)) is answer


def test_the_groups_of_one_medicine() -> None:
    assert groups_of(identify(name="Zomorph 60mg capsules")) == {
        G.OPIOID, G.STRONG_OPIOID, G.LONG_ACTING_OPIOID, G.HIGH_DOSE_90, G.HIGH_DOSE_120, G.ORAL_OPIOID, G.DEPENDENCE_FORMING,
    }  # fmt: skip


def test_what_is_not_known_is_in_no_group_for_certain() -> None:
    assert G.LONG_ACTING_OPIOID not in groups_of(identify(name="Morphine"))
    assert G.STRONG_OPIOID in groups_of(identify(name="Morphine"))
