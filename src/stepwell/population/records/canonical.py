"""The canonical tables every importer writes, and the only shape anything downstream may rely on.

No names, NHS numbers, birth days, addresses or contact details: identities go to the vault (``Identity``). A person is
a ``patient_key``. Unknown is NULL, never 0 or "". Dates are dates; quantities are decimals (float64 in storage would
round 2.5 well but 1/3 badly, so decimal128(12, 4)). Every row says which file and line it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

QUANTITY = pa.decimal128(12, 4)

_PROVENANCE = [pa.field("source_file", pa.string()), pa.field("source_line", pa.int64())]


def _schema(*fields: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in fields] + _PROVENANCE)


# The id column of each table: what a delta upserts and deletes by.
ID_COLUMN = {
    "patients": "patient_key",
    "registrations": "registration_id",
    "templates": "template_id",
    "issues": "issue_id",
    "events": "event_id",
    "drug_codes": "code_id",
    "clinical_codes": "code_id",
}

TABLES: dict[str, pa.Schema] = {
    "patients": _schema(
        ("patient_key", pa.string()),
        ("practice", pa.string()),  # ODS code
        ("birth_year", pa.int16()),
        ("birth_month", pa.int8()),
        ("death_year", pa.int16()),
        ("death_month", pa.int8()),
        ("sex", pa.string()),  # female, male, other, NULL = not known
        ("no_nhs_number", pa.bool_()),  # keyed by source id; never merged, never adopted
        ("sensitive", pa.bool_()),  # confidential or spine sensitive: left out of lists, counted
        # Part of the record was left out as confidential, or is not known to be whole; NULL counts as withheld.
        ("withheld", pa.bool_()),
    ),
    "registrations": _schema(
        ("registration_id", pa.string()),
        ("patient_key", pa.string()),
        ("practice", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),  # first day no longer registered
        ("registration_type", pa.string()),  # regular, temporary, other, NULL = not known
    ),
    "templates": _schema(
        ("template_id", pa.string()),
        ("patient_key", pa.string()),
        ("practice", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        ("status", pa.string()),  # active, ended
        ("kind", pa.string()),  # acute, repeat, repeat_dispensing, automatic
        ("drug_code", pa.string()),  # dm+d id as given, text
        ("bnf_code", pa.string()),
        ("drug_name", pa.string()),
        ("dosage_instruction", pa.string()),
        ("quantity_value", QUANTITY),
        ("quantity_unit", pa.string()),
        ("quantity_text", pa.string()),
        ("issues_made", pa.int32()),
        ("issues_authorised", pa.int32()),
        ("prescribed_here", pa.bool_()),
        # hospital, drug_service, private, over_the_counter, other; NULL = here
        ("elsewhere_source", pa.string()),
        ("problem_id", pa.string()),
    ),
    "issues": _schema(
        ("issue_id", pa.string()),
        ("patient_key", pa.string()),
        ("practice", pa.string()),
        ("template_id", pa.string()),
        ("issue_date", pa.date32()),
        ("kind", pa.string()),
        ("drug_code", pa.string()),
        ("bnf_code", pa.string()),
        ("drug_name", pa.string()),
        ("dosage_instruction", pa.string()),
        ("quantity_value", QUANTITY),
        ("quantity_unit", pa.string()),
        ("quantity_text", pa.string()),
        ("duration_days", pa.int32()),  # as given by the source; NULL where not given
        ("prescribed_here", pa.bool_()),
        ("elsewhere_source", pa.string()),
        ("problem_id", pa.string()),
    ),
    "events": _schema(
        ("event_id", pa.string()),
        ("patient_key", pa.string()),
        ("practice", pa.string()),
        ("event_date", pa.date32()),  # the earliest day the recorded date can mean
        ("date_precision", pa.string()),  # day, month, year
        ("snomed_id", pa.string()),
        ("ctv3", pa.string()),
        ("read_term_id", pa.string()),
        ("term", pa.string()),
        ("numeric_value", pa.float64()),
        ("unit", pa.string()),
        ("is_problem", pa.bool_()),
        ("problem_status", pa.string()),  # active, past, NULL
        ("problem_end_date", pa.date32()),
    ),
    # Code dictionaries a source sends once and refers to later (EMIS Coding_*); kept so that deltas can be read.
    "drug_codes": _schema(("code_id", pa.string()), ("term", pa.string()), ("drug_code", pa.string())),
    "clinical_codes": _schema(
        ("code_id", pa.string()),
        ("term", pa.string()),
        ("snomed_id", pa.string()),
        ("read_term_id", pa.string()),
    ),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a ``patient_key`` is. Only ever in the vault. Blank text is "" here: an identity field may be empty."""

    patient_key: str
    practice: str
    source_patient_id: str
    nhs_number: str | None  # ten digits, valid; None where missing or not valid
    given_name: str
    family_name: str
    date_of_birth: date | None
    date_of_death: date | None
    sex: str | None
    postcode: str
    phone_mobile: str
    email: str
    usual_gp: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not used. ``raw`` may identify a person, so rejects are kept in the vault and only counted outside."""

    file: str
    line: int | None
    column: str | None
    reason: str  # one sentence, no cell contents
    raw: str
