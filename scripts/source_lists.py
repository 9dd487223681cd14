"""Which public code lists each table is taken from, and what their codes mean."""

from __future__ import annotations

BENZODIAZEPINE_CHEMICALS = ("0401010", "0401020", "0408010F0", "040801060")
EOL_LISTS = {
    "opensafely-midazolam-end-of-life.csv": ("midazolam injection", "end_of_life_injectable"),
    "opensafely-morphine-subcutaneous-dmd.csv": (
        "morphine injection",
        "opioid;strong_opioid;end_of_life_injectable",
    ),
    "opensafely-oxycodone-subcutaneous-dmd.csv": (
        "oxycodone injection",
        "opioid;strong_opioid;end_of_life_injectable",
    ),
    "opensafely-diamorphine-subcutaneous.csv": (
        "diamorphine injection",
        "opioid;strong_opioid;end_of_life_injectable",
    ),
    "opensafely-alfentanil-subcutaneous-dmd.csv": (
        "alfentanil injection",
        "opioid;strong_opioid;end_of_life_injectable",
    ),
}
# Widest first: a code already placed is not placed again.
CODED_LISTS = (
    "user-anschaf-opioids-for-analgesia-dmd.csv",
    *(
        f"opensafely-opioid-containing-medicines-{route}-excluding-drugs-for-substance-misuse-dmd.csv"
        for route in (
            "oral",
            "transdermal",
            "parenteral",
            "buccal-nasal-and-oromucosal",
            "rectal",
            "inhalation",
        )
    ),
    "user-anschaf-gabapentinoids-dmd.csv",
    "opensafely-addictive-medicines.csv",
)
NSAID_LIST = "pincer-nsaid.csv"
MAKERS = ("HealthAid", "Lamberts")  # of much else too
# Lists with a BNF code for each product of the further classes.
PAIN_LISTS = (
    "user-speed-vm-nsaids-dmd.csv",
    "user-speed-vm-antidepressants-for-pain-indication-dmd.csv",
    "user-anschaf-antidepressants-dmd.csv",
)
CLASS_LISTS = {
    "user-RachelS99-dependence-forming-medications-benzodiazepines-dmd.csv": "benzodiazepine",
    "user-RachelS99-dependence-forming-medications-z-drugs-dmd.csv": "z_drug",
}
SNOMED_LISTS = {
    "cancer": (
        "opensafely-cancer-excluding-lung-and-haematological-snomed.csv",
        "opensafely-lung-cancer-snomed.csv",
        "opensafely-haematological-cancer-snomed.csv",
        "nhsd-primary-care-domain-refsets-c19can_cod.csv",
        "nhsd-primary-care-domain-refsets-c19haemcan_cod.csv",
    ),
    "palliative": ("nhsd-primary-care-domain-refsets-palcare_cod.csv",),
    "palliative_not_indicated": ("nhsd-primary-care-domain-refsets-palcareni_cod.csv",),
    "epilepsy": ("nhsd-primary-care-domain-refsets-epil_cod.csv",),
    "opioid_dependence": ("user-hjforbes-opioid-dependency-clinical-diagnosis.csv",),
    "ckd": ("nhsd-primary-care-domain-refsets-ckd_cod.csv",),
    "alcohol_dependence": ("user-RachelS99-dfm-disorders-alcohol-dependence.csv",),
    "pregnancy": ("nhsd-primary-care-domain-refsets-preg_cod.csv",),
}
# Codes of measured values, by the list they are taken from. None: all of the list's codes; otherwise the codes chosen from it.
VALUE_LISTS = {
    "egfr": ("pincer-egfr.csv", None),
    "creatinine_umol_l": (
        "pincer-renal.csv",
        (
            "1000731000000107", "1000981000000109", "1000991000000106", "1001011000000107", "1106601000000100",
            "1107001000000108", "1109421000000104", "1109431000000102", "1109441000000106", "1109451000000109",
            "113075003", "313817004", "313822004", "313936008",
        ),
    ),
    "creatinine_clearance": ("pincer-renal.csv", ("442407001", "968191000000100")),
}  # fmt: skip
# An eGFR by a formula that raises it for some people: it may show poor kidneys, never good ones.
VALUES_RAISED = {"996231000000108": "This eGFR was raised by a factor no longer used: it may be lower."}
# No public list is held for these.
VALUES_OF_OURS = {"weight_kg": ("27113001", "162763007"), "audit": ("443280005",)}
