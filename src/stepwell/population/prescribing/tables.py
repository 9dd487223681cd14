"""The tables of public loads. Money and quantities are decimals; a code is always text.

A month of prescribing:
  ``lines``         one row per practice, presentation, SNOMED code and quantity per item, for medicines for pain (raw grain)
  ``rest``          everything else, summed by practice and BNF section
  ``practices``     every prescriber of the month, and the areas its rows name ("as then")
  ``presentations`` every code and name in ``lines``
  ``rejected``      rows that could not be used: line, column and reason, never a cell's contents
A month of list sizes: ``list_sizes``. A list of organisations: ``organisations``, ``relations``, ``successions``.
"""

from __future__ import annotations

import pyarrow as pa

QUANTITY = pa.decimal128(18, 3)
MONEY = pa.decimal128(18, 5)

LINES = pa.schema(
    [
        ("practice", pa.string()),
        ("presentation", pa.string()),
        ("snomed", pa.int64()),  # null in forms without it
        ("quantity", QUANTITY),  # per item; null where the form is already summed over it
        ("items", pa.int64()),
        ("total_quantity", QUANTITY),
        ("nic", MONEY),
        ("actual_cost", MONEY),
    ]
)
REST = pa.schema(
    [
        ("practice", pa.string()),
        ("section", pa.string()),  # the first four characters of the BNF code
        ("items", pa.int64()),
        ("total_quantity", QUANTITY),
        ("nic", MONEY),
        ("actual_cost", MONEY),
    ]
)
PRACTICES = pa.schema(
    [
        ("practice", pa.string()),
        ("name", pa.string()),
        ("sub_icb", pa.string()),
        ("sub_icb_name", pa.string()),
        ("icb", pa.string()),
        ("icb_name", pa.string()),
        ("region", pa.string()),
        ("region_name", pa.string()),
        ("identified", pa.bool_()),  # false for a dummy or unidentified prescriber
        ("items", pa.int64()),
    ]
)
PRESENTATIONS = pa.schema([("presentation", pa.string()), ("name", pa.string())])
REJECTED = pa.schema([("line", pa.int64()), ("column", pa.string()), ("reason", pa.string())])
LIST_SIZES = pa.schema(
    [
        ("practice", pa.string()),
        ("patients", pa.int64()),
        ("patients_65", pa.int64()),  # aged 65 and over; null where the file has no ages
    ]
)
ORGANISATIONS = pa.schema(
    [
        ("code", pa.string()),
        ("name", pa.string()),
        ("kind", pa.string()),  # practice, pcn, sub-icb, icb, region
        ("setting", pa.int64()),  # prescribing setting of a practice; 4 is a GP practice
        ("status", pa.string()),  # active, closed, dormant, proposed, unknown
        ("opened", pa.date32()),
        ("closed", pa.date32()),
    ]
)
RELATIONS = pa.schema(
    [
        ("code", pa.string()),
        ("parent", pa.string()),
        ("parent_kind", pa.string()),
        ("from", pa.date32()),
        ("to", pa.date32()),
    ]
)
SUCCESSIONS = pa.schema([("code", pa.string()), ("successor", pa.string()), ("on", pa.date32())])

MONTH = {
    "lines": LINES,
    "rest": REST,
    "practices": PRACTICES,
    "presentations": PRESENTATIONS,
    "rejected": REJECTED,
}
DATASETS = {
    "month": MONTH,
    "list_sizes": {"list_sizes": LIST_SIZES, "rejected": REJECTED},
    "organisations": {
        "organisations": ORGANISATIONS,
        "relations": RELATIONS,
        "successions": SUCCESSIONS,
        "rejected": REJECTED,
    },
}
