"""The derived tables: what is worked out once per load and knowledge version, before any date is chosen.

They hold only what searches need, so that a search over millions of issues reads a fraction of them.
"""

from __future__ import annotations

import pyarrow as pa

# Worst last: the state of several instructions together is their maximum.
STATE_RANK = {"read": 0, "open": 1, "empty": 2, "implausible": 3, "unreadable": 4}

CLASSES = (
    "opioid",
    "strong_opioid",
    "tramadol",
    "gabapentinoid",
    "benzodiazepine",
    "z_drug",
    "dependence_treatment",
    "end_of_life_injectable",
)

DERIVED: dict[str, pa.Schema] = {
    # One row per issue of a medicine in one of CLASSES.
    "medicine_issues": pa.schema(
        [
            ("patient_key", pa.string()),
            ("practice", pa.string()),
            ("line", pa.string()),
            ("own", pa.bool_()),
            ("issue_date", pa.date32()),
            ("text", pa.string()),
            ("state", pa.int8()),  # STATE_RANK
            ("units_min", pa.float64()),  # counted units a day
            ("units_max", pa.float64()),
            ("ome_min", pa.float64()),  # mg a day
            ("ome_max", pa.float64()),
            ("quantity", pa.float64()),  # counted units
            ("known_days", pa.int32()),
            ("template_end", pa.date32()),
            ("open_ended", pa.bool_()),  # of a template that is not an acute and has not ended by its status
            ("issue_id", pa.string()),
            ("kind", pa.string()),
            ("elsewhere_source", pa.string()),
            ("drug_name", pa.string()),
        ]
    ),
    # One row per line found in the load: the product, or a substance without one.
    "lines": pa.schema(
        [
            ("line", pa.string()),
            ("name", pa.string()),
            ("substance", pa.string()),
            ("release", pa.string()),
            ("unit", pa.string()),
            ("mg_per_unit", pa.float64()),
            ("ome_per_unit", pa.float64()),
            ("is_patch", pa.bool_()),
            ("patch_ome", pa.float64()),
            ("convertible", pa.bool_()),
            *[(name, pa.bool_()) for name in CLASSES],
        ]
    ),
    # One row per coded (or, with ``unmapped``, worded) event in a code list a search names.
    "conditions": pa.schema(
        [
            ("patient_key", pa.string()),
            ("practice", pa.string()),
            ("condition", pa.string()),
            ("event_date", pa.date32()),
            ("unmapped", pa.bool_()),
            ("event_id", pa.string()),
        ]
    ),
    # One row per template (or issue without one) whose issues are not all dated in the load. See ``undated``.
    "undated_issues": pa.schema(
        [
            ("patient_key", pa.string()),
            ("practice", pa.string()),
            ("line", pa.string()),
            ("own", pa.bool_()),
            ("made", pa.int32()),  # issues the template says were made; NULL where it does not say
            ("dated", pa.int32()),  # issues of it with a date in the load
            ("earliest", pa.date32()),  # no missing issue was made before this day; NULL: not known
            ("latest", pa.date32()),  # nor after this one; NULL: it may have been up to now
            ("days", pa.int32()),  # longest supply of its dated issues, where known
        ]
    ),
    # One row per practice: what its load holds at all.
    "holdings": pa.schema(
        [
            ("practice", pa.string()),
            ("has_events", pa.bool_()),  # coded or worded, of anybody
            ("gives_days", pa.bool_()),  # how long a supply lasts, of any issue
        ]
    ),
    # What each distinct medicine was recognised as, or why it was not: the unresolved are counted on the screen.
    "medicines": pa.schema(
        [
            ("drug_code", pa.string()),
            ("bnf_code", pa.string()),
            ("drug_name", pa.string()),
            ("line", pa.string()),
            ("matched_by", pa.string()),
            ("reason", pa.string()),
            ("flags", pa.string()),
        ]
    ),
    # What each distinct instruction of a relevant medicine was read as, or why it was refused.
    "instructions": pa.schema(
        [
            ("line", pa.string()),
            ("text", pa.string()),
            ("state", pa.string()),
            ("reason", pa.string()),
            ("flags", pa.string()),
            ("units_min", pa.float64()),
            ("units_max", pa.float64()),
            ("unit", pa.string()),
            ("mg_min", pa.float64()),
            ("mg_max", pa.float64()),
            ("patch_mcg_per_hour", pa.float64()),
            ("ome_min", pa.float64()),
            ("ome_max", pa.float64()),
            ("formula", pa.string()),
        ]
    ),
}
