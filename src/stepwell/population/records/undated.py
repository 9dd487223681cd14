"""Issues that were made and whose dates a load does not hold. Decision 10, section 6.

A template says how many issues were made; a load holds a dated row for each, or for fewer. What is missing was made at some
time: this says between which days it can have been, so that searches can tell whether it could change an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

import ibis
import pyarrow as pa
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.engine import kept
from stepwell.population.records.derived_schema import DERIVED
from stepwell.population.records.exposures.days import numbers

# A load is taken to hold issues from the day that all but this share of its issues follow: a few are always misdated.
_BEFORE_THE_LOAD = 0.001

_OF_TEMPLATE = ("practice", "template_id")
_EPOCH = date(1970, 1, 1)


def first_day(issues: ibis.Table) -> date | None:
    """The day from which a load holds issues; what its templates say of earlier ones is outside its look-back."""
    dated = issues.filter(_.issue_date.notnull()).select(day=numbers(issues.issue_date))
    found = dated.agg(first=_.day.quantile(_BEFORE_THE_LOAD)).to_pyarrow().to_pylist()[0]["first"]
    return None if found is None else _EPOCH + timedelta(days=int(found))


def undated_issues(
    tables: Mapping[str, ibis.Table],
    medicine_issues: Callable[[ibis.Table], ibis.Table],
    lines: Iterable[Mapping[str, object]],
    rules: Rules,
    con: ibis.BaseBackend,
) -> ibis.Table:
    """The derived table ``undated_issues``. ``lines``: drug_code, bnf_code, drug_name and line of each medicine that counts.

    ``medicine_issues`` gives the derived rows of some issues: it is asked only for the few of templates that miss any.
    """
    issues, first = tables["issues"], first_day(tables["issues"])
    templates = _with_line(tables["templates"], lines)
    held = _held(issues, templates)
    joined = templates.left_join(held, _OF_TEMPLATE).drop("practice_right", "template_id_right")
    joined = joined.mutate(dated=_.dated.fill_null(0), undated=_.undated.fill_null(0))
    missing = joined.filter((_.undated > 0) | (_.issues_made.fill_null(0) > _.dated))
    missing = _with_days(kept(con, missing), issues, medicine_issues, con)
    before_the_load = (_.undated == 0) & (_.start_date < ibis.literal(first, "date")).fill_null(False)
    # Issues further apart than this are occasional use: so many issues after the start, regular use had ended.
    regular = (_.issues_made - _.dated) * rules.median_gap_max_days
    last_regular = _.start_date + regular.as_interval("D")
    bounded = missing.mutate(
        # An issue without a date beside dated ones stands for what was made before the last, and after the first of several.
        earliest=ibis.ifelse((_.undated > 0) & (_.dated > 1), _.first_dated, _.start_date),
        latest=ibis.cases(
            (before_the_load, ibis.least(ibis.literal(first, "date"), last_regular.cast("date"))),
            ((_.undated > 0) & (_.dated > 0), _.last_dated),
            (_.start_date.isnull() & (_.dated > 0), _.last_dated),
            else_=_.end_date,
        ),
        own=_.prescribed_here.fill_null(True) & _.elsewhere_source.isnull(),
        made=ibis.ifelse(_.issues_made > _.dated, _.issues_made, ibis.null("int32")),
    )
    loose = kept(con, issues.filter(_.issue_date.isnull()).anti_join(templates.view(), _OF_TEMPLATE))
    alone = _without_template(medicine_issues(loose))
    return _shaped(bounded).union(alone, distinct=False)


def _with_line(templates: ibis.Table, lines: Iterable[Mapping[str, object]]) -> ibis.Table:
    """Templates of medicines that count, each with its line, once each."""
    schema = pa.schema([(name, pa.string()) for name in ("drug_code", "bnf_code", "drug_name", "line")])
    known = pa.Table.from_pylist([{k: row[k] or "" for k in schema.names} for row in lines], schema=schema)
    medicines = ibis.memtable(known)
    named = templates.mutate(
        code=_.drug_code.fill_null(""), bnf=_.bnf_code.fill_null(""), name=_.drug_name.fill_null("")
    )
    found = named.join(
        medicines.rename(code="drug_code", bnf="bnf_code", name="drug_name"), ["code", "bnf", "name"]
    )
    return found.distinct(on=_OF_TEMPLATE, keep="first").select(
        "practice",
        "patient_key",
        "template_id",
        "line",
        "start_date",
        "end_date",
        "issues_made",
        "prescribed_here",
        "elsewhere_source",
    )


def _held(issues: ibis.Table, templates: ibis.Table) -> ibis.Table:
    """What a load holds of each of ``templates``' issues."""
    linked = issues.semi_join(templates.view(), _OF_TEMPLATE).select(*_OF_TEMPLATE, "issue_date")
    return linked.group_by(*_OF_TEMPLATE).agg(
        dated=_.issue_date.count().cast("int32"),
        undated=_.issue_date.isnull().sum().cast("int32"),
        first_dated=_.issue_date.min(),
        last_dated=_.issue_date.max(),
    )


def _with_days(
    missing: ibis.Table,
    issues: ibis.Table,
    medicine_issues: Callable[[ibis.Table], ibis.Table],
    con: ibis.BaseBackend,
) -> ibis.Table:
    """``missing`` templates with the longest known ``days`` of their issues."""
    linked = kept(con, issues.semi_join(missing.view(), _OF_TEMPLATE))
    known = (
        medicine_issues(linked).filter(_.known_days.notnull()).select("practice", "issue_id", "known_days")
    )
    days = linked.select(*_OF_TEMPLATE, "issue_id").join(known.view(), ["practice", "issue_id"])
    longest = days.group_by(*_OF_TEMPLATE).agg(days=_.known_days.max())
    return missing.left_join(longest.view(), _OF_TEMPLATE).select(*missing.columns, "days")


def _without_template(found: ibis.Table) -> ibis.Table:
    """Issues without a date and without a template to say more of them, from their derived rows."""
    nothing = ibis.null("date")
    return _shaped(
        found.mutate(
            template_id=ibis.null("string"),
            made=ibis.null("int32"),
            dated=ibis.literal(0, "int32"),
            earliest=nothing,
            latest=nothing,
            days=_.known_days,
        )
    )


def _shaped(table: ibis.Table) -> ibis.Table:
    schema = DERIVED["undated_issues"]
    kinds = {name: ibis.Schema.from_pyarrow(schema)[name] for name in schema.names}
    return table.select(**{name: table[name].cast(kind) for name, kind in kinds.items()})
