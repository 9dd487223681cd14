"""What the benchmark's people are prescribed: name, instruction, quantity for 28 days, share of lines."""

from __future__ import annotations

Medicine = tuple[str, str | None, int, float]

RELEVANT: list[Medicine] = [
    ("Codeine 30mg tablets", "One or two four times a day when required", 112, 5),
    ("Co-codamol 30mg/500mg tablets", "1-2 qds prn max 8", 200, 5),
    ("Tramadol 50mg capsules", "1 qds", 112, 4),
    ("Morphine 10mg modified-release tablets", "One To Be Taken Twice A Day", 56, 3),
    ("Morphine 30mg modified-release tablets", "One To Be Taken Twice A Day", 56, 1),
    ("Morphine 60mg modified-release tablets", "One To Be Taken Twice A Day", 56, 1),
    ("Morphine sulfate 10mg/5ml oral solution", "2.5ml four hourly when required", 300, 1),
    ("Oxycodone 10mg modified-release tablets", "1 bd", 56, 1),
    ("Oxycodone 20mg modified-release tablets", "1 bd", 56, 1),
    ("Fentanyl 25micrograms/hour transdermal patches", "Apply One Patch Every 72 Hours", 10, 1),
    ("Buprenorphine 10micrograms/hour transdermal patches", "One weekly", 4, 2),
    ("Gabapentin 300mg capsules", "one tds", 84, 4),
    ("Pregabalin 75mg capsules", "1 bd", 56, 3),
    ("Diazepam 2mg tablets", "One at night when required", 28, 2),
    ("Zopiclone 7.5mg tablets", None, 28, 1),
    ("Dihydrocodeine 30mg tablets", "As directed", 112, 1),
    # No strength, not convertible, dependence treatment, end of life.
    ("Morphine", "One To Be Taken Twice A Day", 56, 0.3),
    ("Methadone 5mg tablets", "1 bd", 56, 0.3),
    ("Methadone 1mg/ml oral solution", "30ml daily", 840, 1.5),
    ("Midazolam 10mg/2ml solution for injection ampoules", "As directed", 10, 1.5),
]

OTHERS: list[Medicine] = [
    (f"{name} tablets", "One daily", 28, 4)
    for name in (
        "Amlodipine 5mg",
        "Atorvastatin 20mg",
        "Metformin 500mg",
        "Ramipril 5mg",
        "Omeprazole 20mg",
        "Levothyroxine 50microgram",
        "Bisoprolol 2.5mg",
        "Sertraline 50mg",
        "Amitriptyline 10mg",
        "Paracetamol 500mg",
        "Aspirin 75mg",
        "Lansoprazole 15mg",
        "Citalopram 20mg",
        "Furosemide 40mg",
        "Simvastatin 40mg",
        "Naproxen 250mg",
        "Folic acid 5mg",
        "Losartan 50mg",
        "Doxazosin 4mg",
        "Allopurinol 100mg",
        "Mirtazapine 15mg",
        "Salbutamol 4mg",
        "Prednisolone 5mg",
        "Warfarin 1mg",
        "Digoxin 125microgram",
    )
]

MEDICINES = RELEVANT + OTHERS

# What some lines change to near their end: mostly another strength, same substance and release.
CHANGES_TO = {
    "Morphine 10mg modified-release tablets": "Morphine 30mg modified-release tablets",
    "Morphine 30mg modified-release tablets": "Morphine 60mg modified-release tablets",
    "Morphine 60mg modified-release tablets": "Morphine 10mg modified-release tablets",
    "Oxycodone 10mg modified-release tablets": "Oxycodone 20mg modified-release tablets",
    "Oxycodone 20mg modified-release tablets": "Oxycodone 10mg modified-release tablets",
    "Codeine 30mg tablets": "Codeine 15mg tablets",
    "Morphine sulfate 10mg/5ml oral solution": "Morphine 10mg modified-release tablets",
}
# Reached by a change only.
MEDICINES.append(("Codeine 15mg tablets", "1 qds", 112, 0))

# Instructions some lines have instead: not a dose, no maximum, empty, not plausible, a lower dose.
OTHER_TEXTS = ["As directed", "When required", None, "  ", "10 tablets hourly", "One daily"]

# The first two say what is counted.
QUANTITY_UNITS = ["tablet", None, "OP", "bottles ", "Pack", " Tablets"]

# Entries with no code.
TERMS = ["Palliative care", "Epilepsy", "Carcinoma of breast", "Asthma review", "Knee pain"]
