"""Working out the derived tables of a load from its canonical tables. See ``derived_schema`` for what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
from ibis import _

from stepwell.knowledge import code_lists
from stepwell.knowledge.exposure import Rules, current
from stepwell.knowledge.tables import knowledge_version
from stepwell.population.records import resolve
from stepwell.population.records.derived_schema import DERIVED, STATE_RANK
from stepwell.population.records.undated import undated_issues

# Raised when the derived tables come out differently from the same facts.
SHAPE = 5

CANCELS_PALLIATIVE = "palliative_not_indicated"

# The code lists whose events searches ask about.
CONDITIONS = (
    "cancer",
    "palliative",
    "palliative_not_indicated",
    "epilepsy",
    "neuropathy",
    "post_herpetic_pain",
    "opioid_dependence",
)


def derive(tables: Mapping[str, ibis.Table], con: ibis.BaseBackend) -> dict[str, ibis.Table]:
    """The derived tables of one load, as expressions over ``tables`` (its canonical tables) in ``con``."""
    issues = tables["issues"]
    issued = tables["templates"].filter(_.issues_made > 0)  # its medicine is known, if not when it was issued
    recognised = list(resolve.recognise(_distinct_medicines(issues, issued)))
    relevant = [m for m in recognised if m.line is not None]
    named = _with_medicine(issues, relevant)
    instructions = _instructions(named, relevant)

    def medicine_issues(some: ibis.Table) -> ibis.Table:
        return _medicine_issues(_with_medicine(some, relevant), instructions, tables["templates"], current())

    lines = [
        {"drug_code": m.drug_code, "bnf_code": m.bnf_code, "drug_name": m.drug_name, "line": m.line}
        for m in relevant
    ]
    return {
        "medicines": _memtable("medicines", (resolve.medicine_row(m) for m in recognised)),
        "lines": _memtable("lines", {m.line: resolve.line_row(m) for m in relevant}.values()),
        "instructions": instructions,
        "medicine_issues": medicine_issues(issues),
        "undated_issues": undated_issues(tables, medicine_issues, lines, current(), con),
        "holdings": _holdings(tables),
        "conditions": _conditions(tables["events"]),
    }


def write(tables: Mapping[str, ibis.Table], out_dir: Path, con: ibis.BaseBackend) -> None:
    """Derive and write one Parquet file per derived table into ``out_dir``."""
    out_dir.mkdir(parents=True, exist_ok=True)
    for name, table in derive(tables, con).items():
        con.to_parquet(table, out_dir / f"{name}.parquet")


def _memtable(name: str, rows: Iterable[Mapping[str, object]]) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pylist([dict(r) for r in rows], schema=DERIVED[name]))


def _distinct_medicines(*tables: ibis.Table) -> list[tuple[str | None, str | None, str | None]]:
    found = set()
    for table in tables:
        distinct = table.select("drug_code", "bnf_code", "drug_name").distinct().to_pyarrow().to_pylist()
        found |= {(row["drug_code"], row["bnf_code"], row["drug_name"]) for row in distinct}
    return sorted(found, key=lambda m: tuple(part or "" for part in m))


def _holdings(tables: Mapping[str, ibis.Table]) -> ibis.Table:
    """Of each practice, whether its load holds any event at all, and any days of supply."""
    told = tables["events"].select("practice").distinct().mutate(has_events=True)
    given = tables["issues"].filter(_.duration_days > 0).select("practice").distinct().mutate(gives_days=True)
    practices = tables["patients"].select("practice").distinct()
    joined = practices.left_join(told.view(), "practice").select("practice", "has_events")
    joined = joined.left_join(given.view(), "practice")
    return joined.select(
        "practice", has_events=_.has_events.fill_null(False), gives_days=_.gives_days.fill_null(False)
    )


def _key(table: ibis.Table, *columns: str) -> ibis.Value:
    """Several nullable columns as one that can be joined on."""
    parts: list[ibis.Value] = []
    for column in columns:
        parts += [table[column].fill_null(""), ibis.literal("\x1f")]
    key = parts[0]
    for part in parts[1:]:
        key = key + part
    return key


def _with_medicine(issues: ibis.Table, relevant: list[resolve.Recognised]) -> ibis.Table:
    """Issues of relevant medicines with ``line`` and the change interval of their patch."""
    schema = pa.schema(
        [
            ("medicine_key", pa.string()),
            ("line", pa.string()),
            ("interval_hours", pa.int32()),
            ("counted_in", pa.string()),
        ]
    )
    rows = [
        {
            "medicine_key": "".join(f"{part or ''}\x1f" for part in (m.drug_code, m.bnf_code, m.drug_name)),
            "line": m.line,
            "interval_hours": m.patch_interval_hours,
            "counted_in": m.found.product.unit if m.found.product else None,
        }
        for m in relevant
    ]
    medicines = ibis.memtable(pa.Table.from_pylist(rows, schema=schema))
    keyed = issues.mutate(medicine_key=_key(issues, "drug_code", "bnf_code", "drug_name"))
    return keyed.join(medicines, "medicine_key")


def _instructions(named: ibis.Table, relevant: list[resolve.Recognised]) -> ibis.Table:
    products = {m.line: m.found.product for m in relevant}
    distinct = named.select("line", text="dosage_instruction").distinct().to_pyarrow().to_pylist()
    rows = (resolve.instruction_row(row["line"], row["text"], products[row["line"]]) for row in distinct)
    return _memtable("instructions", rows)


def _medicine_issues(
    named: ibis.Table, instructions: ibis.Table, templates: ibis.Table, rules: Rules
) -> ibis.Table:
    ranks = [(_.state == state, rank) for state, rank in STATE_RANK.items()]
    read = instructions.mutate(
        text_key=_key(instructions, "line", "text"),
        rank=ibis.cases(*ranks, else_=STATE_RANK["unreadable"]),
    ).select("text_key", "rank", "units_min", "units_max", "ome_min", "ome_max")
    # A source's ids are its own: two practices may use the same one.
    of_template = ("practice", "template_id")
    ends = templates.select(
        *of_template, template_end="end_date", template_kind="kind", template_status="status"
    )
    ends = ends.distinct(on=of_template, keep="first").mutate(has_template=True)
    keyed = named.mutate(
        text_key=_key(named, "line", "dosage_instruction"),
        product_unit=named.counted_in.fill_null(""),
        written=named.quantity_unit.fill_null("").lower().strip(),
    )
    joined = keyed.join(read, "text_key").left_join(_unit_words(rules), ["product_unit", "written"])
    joined = joined.left_join(ends, of_template)
    joined = joined.select(
        "patient_key",
        "practice",
        "line",
        "issue_date",
        "rank",
        "issue_id",
        "kind",
        "elsewhere_source",
        "drug_name",
        "interval_hours",
        "counted_in",
        "duration_days",
        "template_end",
        "template_kind",
        "template_status",
        "has_template",
        "quantity_value",
        "written",
        "counts",
        "prescribed_here",
        "units_min",
        "units_max",
        "ome_min",
        "ome_max",
        text="dosage_instruction",
    )
    usable = _.rank == STATE_RANK["read"]
    nothing = ibis.null("float64")
    joined = joined.mutate(
        own=_.prescribed_here.fill_null(True) & _.elsewhere_source.isnull(),
        open_ended=_.has_template.fill_null(False)
        & (ibis.coalesce(_.template_kind, _.kind, "") != "acute")
        & (_.template_status.fill_null("") != "ended"),
        state=_.rank.cast("int8"),
        quantity=ibis.ifelse(_counts_units(), _.quantity_value.cast("float64"), nothing),
        # As needed without a maximum keeps its minimum of 0; nothing else but a read instruction gives a dose.
        units_min=ibis.ifelse(usable | (_.rank == STATE_RANK["open"]), _.units_min, nothing),
        units_max=ibis.ifelse(usable, _.units_max, nothing),
        ome_min=ibis.ifelse(usable, _.ome_min, nothing),
        ome_max=ibis.ifelse(usable, _.ome_max, nothing),
    )
    return joined.mutate(known_days=_known_days(rules)).select(*DERIVED["medicine_issues"].names)


def _unit_words(rules: Rules) -> ibis.Table:
    """Units a quantity is written in, by the unit of the product ("" without one): whether they count it.

    A table to join with: a test of membership in a list for each product unit takes longer than all the rest.
    """
    schema = pa.schema([("product_unit", pa.string()), ("written", pa.string()), ("counts", pa.bool_())])
    rows = [
        {"product_unit": unit, "written": word, "counts": True}
        for unit, words in rules.counted_units
        for word in words
    ]
    rows += [{"product_unit": "", "written": word, "counts": False} for word in rules.container_units]
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))


def _counts_units() -> ibis.Value:
    """Whether a quantity counts the units of the product: by the unit it is written in. Decision 10, section 1."""
    return (_.written == "") | _.counts.fill_null(_.counted_in.isnull())


def _known_days(rules: Rules) -> ibis.Value:
    """Rules 1 to 3 of decision 10, section 2; the same as ``knowledge.exposure.occasions.known_days``."""
    read = _.state == STATE_RANK["read"]
    by_text = _.quantity / _.units_min.nullif(0)
    by_interval = _.quantity * _.interval_hours / 24
    reckoned = ibis.ifelse(read, by_text, by_interval)
    bounded = ibis.least(ibis.greatest((reckoned + 0.001).floor(), 1), rules.reckoned_days_max)
    return ibis.cases(
        (_.duration_days.between(1, rules.given_days_max), _.duration_days.cast("int32")),
        ((_.quantity > 0) & reckoned.notnull(), bounded.cast("int32")),
        else_=ibis.null("int32"),
    )


def _conditions(events: ibis.Table) -> ibis.Table:
    lists = {name: code_lists.code_list(name) for name in CONDITIONS}
    coded = _coded(events, lists)
    # Words that cancel are never taken for a cancelling code.
    worded = _worded(events, {name: found for name, found in lists.items() if name != CANCELS_PALLIATIVE})
    return coded.union(worded, distinct=False).select(*DERIVED["conditions"].names)


def _coded(events: ibis.Table, lists: Mapping[str, code_lists.CodeList]) -> ibis.Table:
    rows = [
        {"snomed_id": code, "condition": name}
        for name, found in lists.items()
        for code in sorted(found.codes)
    ]
    schema = pa.schema([("snomed_id", pa.string()), ("condition", pa.string())])
    codes = ibis.memtable(pa.Table.from_pylist(rows, schema=schema))
    found = events.join(codes, "snomed_id")
    return found.select("patient_key", "practice", "condition", "event_date", "event_id").mutate(
        unmapped=ibis.literal(False)
    )


def _worded(events: ibis.Table, lists: Mapping[str, code_lists.CodeList]) -> ibis.Table:
    """Events with no SNOMED id whose words look like one of the lists: a clinician is asked, nobody is left out."""
    unmapped = events.filter(_.snomed_id.isnull() & _.term.notnull())
    terms = [row["term"] for row in unmapped.select("term").distinct().to_pyarrow().to_pylist()]
    rows = [
        {"term": term, "condition": name}
        for term in sorted(terms)
        for name, found in lists.items()
        if found.looks_like(term)
    ]
    schema = pa.schema([("term", pa.string()), ("condition", pa.string())])
    words = ibis.memtable(pa.Table.from_pylist(rows, schema=schema))
    found = unmapped.join(words, "term")
    return found.select("patient_key", "practice", "condition", "event_date", "event_id").mutate(
        unmapped=ibis.literal(True)
    )


class _Derivation:
    """The derivation imports use. The version is read late: it takes every table of facts to work it out."""

    @property
    def version(self) -> str:
        """Changes when any table of facts, the parser or the shape of what is derived changes."""
        return f"{knowledge_version()}-{SHAPE}"

    def __call__(
        self, tables: Mapping[str, ibis.Table], out_dir: Path, con: ibis.BaseBackend, extract_date: date
    ) -> None:
        """Write the derived tables. Nothing in them depends on a date; what does is worked out by each search."""
        write(tables, out_dir, con)


DERIVATION = _Derivation()
