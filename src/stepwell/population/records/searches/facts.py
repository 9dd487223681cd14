"""The facts of the vocabulary, worked out for everybody at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.engine import kept
from stepwell.population.records.exposures import Exposures
from stepwell.population.records.exposures.pipeline import PERSON
from stepwell.population.records.searches import undated
from stepwell.population.records.searches.groups import group_facts
from stepwell.population.records.searches.vocabulary import FACTS, GROUP_FACTS, GROUPS, column


def facts(
    tables: Mapping[str, ibis.Table], exposures: Exposures, rules: Rules, con: ibis.BaseBackend
) -> ibis.Table:
    """One row per (practice, patient_key), with a column for each of ``FACTS``; worked out in ``con``."""
    as_of = exposures.as_of
    missing = undated.bounded(tables["undated_issues"], tables["lines"], as_of, rules)
    people = kept(con, _people(tables, as_of))
    of_groups = kept(con, group_facts(tables, people, missing, exposures, rules))
    parts = [
        _ome(exposures),
        _conditions(tables["conditions"], as_of, rules),
        _special_medicines(tables, as_of, rules),
        _undated_special(missing, as_of, rules),
        *(_named(of_groups, group) for group in GROUPS),
    ]
    table = _joined(people, parts)
    older = table.dependence_treatment__older.fill_null(False) | table.treated_some_day.fill_null(False)
    table = table.mutate(dependence_treatment__older=older).drop("treated_some_day")
    # What is withheld may be an opioid, so no sum over what is here is the whole.
    table = table.mutate(
        ome__at_least=table.ome__at_least | (table.person__withheld & table.ome__low.notnull())
    )
    known = {
        column(name): table[column(name)].fill_null(False)
        for name, fact in FACTS.items()
        if fact.kind == "bool"
    }
    return table.mutate(**known)


def _named(of_groups: ibis.Table, group: str) -> ibis.Table:
    """The facts of one group, each in the column of its name."""
    found = of_groups.filter(_.medicine_group == group)
    return found.select(*PERSON, **{column(f"{group}.{name}"): found[name] for name in GROUP_FACTS})


def _joined(table: ibis.Table, parts: Sequence[ibis.Table]) -> ibis.Table:
    """``table`` with the columns of every part. Joined at once: a join over a join costs a rewrite of all its columns."""
    joined, names = table, list(table.columns)
    for number, part in enumerate(parts):
        joined = joined.left_join(part.view(), PERSON, rname=f"{{name}}_{number}")
        names += [c for c in part.columns if c not in PERSON]
    return joined.select(*names).view()


def _people(tables: Mapping[str, ibis.Table], as_of: date) -> ibis.Table:
    registered = tables["registrations"].filter(
        (_.start_date.fill_null(as_of) <= as_of) & (_.end_date.isnull() | (_.end_date > as_of))
    )
    regular = (_.registration_type == "regular").fill_null(False)
    open_now = registered.group_by(*PERSON).agg(
        registered_from=_.start_date.min(where=regular),
        is_registered=regular.any(),
        may_be_registered=_.registration_type.isnull().any(),
    )
    people = tables["patients"].distinct(on=PERSON, keep="first")
    holdings = tables["holdings"].distinct(on="practice", keep="first")
    people = people.left_join(holdings.view(), "practice").select(*people.columns, "has_events", "gives_days")
    people = people.mutate(person__no_diagnoses=~_.has_events, no_days=~_.gives_days)
    joined = people.left_join(open_now, PERSON).select(
        *PERSON,
        "birth_year",
        "birth_month",
        "death_year",
        "death_month",
        "sex",
        "no_nhs_number",
        "sensitive",
        "withheld",
        "registered_from",
        "is_registered",
        "may_be_registered",
        "person__no_diagnoses",
        "no_days",
    )
    this_month = as_of.year * 12 + as_of.month
    dead = (_.death_year.cast("int32") * 12 + _.death_month.fill_null(1)) <= this_month
    months = this_month - (_.birth_year.cast("int32") * 12 + _.birth_month)
    turned = as_of.year - _.birth_year.cast("int32")  # in this calendar year, whatever the month
    alive, is_registered = ~dead.fill_null(False), _.is_registered.fill_null(False)
    return joined.mutate(
        person__registered=is_registered & alive,
        person__registration_unclear=_.may_be_registered.fill_null(False) & ~is_registered & alive,
        person__withheld=_.withheld.fill_null(True),  # a load that does not say is not known to be whole
        person__sensitive=_.sensitive.fill_null(False),
        person__years=(months / 12).floor().cast("int32"),
        person__age=ibis.cases(
            (turned < 18, "under_18"),
            (turned > 18, "adult"),
            (months < 18 * 12, "under_18"),
            (months == 18 * 12, "turning_18"),
            (months > 18 * 12, "adult"),
            else_="unknown",
        ),
    ).drop("is_registered", "may_be_registered", "sensitive", "withheld")


def _undated_special(missing: ibis.Table, as_of: date, rules: Rules) -> ibis.Table:
    lately = _.latest > as_of - timedelta(days=rules.window_days)
    return missing.group_by(*PERSON).agg(
        end_of_life__undated=(_.end_of_life_injectable & lately).any(),
        dependence_treatment__undated=(_.dependence_treatment & lately).any(),
        treated_some_day=_.dependence_treatment.any(),
    )


def _ome(exposures: Exposures) -> ibis.Table:
    opioids = exposures.current.filter(_.opioid)
    known = _.ome_max.notnull() & _.ome_min.notnull()
    missing = ~known | (_.basis == "patch_default")  # more than the one patch assumed may be worn
    return opioids.group_by(*PERSON).agg(
        ome__low=_.ome_min.sum(where=known).round(4),
        ome__high=_.ome_max.sum(where=known).round(4),
        ome__own_high=_.ome_max.sum(where=known & _.own).round(4),
        ome__missing=missing.any(),
        ome__at_least=(missing | ~_.own).any(),
    )


def _conditions(conditions: ibis.Table, as_of: date, rules: Rules) -> ibis.Table:
    since = as_of - timedelta(days=rules.window_days)
    past = conditions.filter(_.event_date.isnull() | (_.event_date <= as_of))
    ever = {
        f"{name}__ever": ((_.condition == name) & ~_.unmapped).any()
        for name in (
            "cancer",
            "palliative",
            "epilepsy",
            "neuropathy",
            "post_herpetic_pain",
            "opioid_dependence",
        )
    }
    recent = (_.condition == "cancer") & ~_.unmapped & (_.event_date > since)
    palliative = (_.condition == "palliative") & ~_.unmapped
    found = past.group_by(*PERSON).agg(
        **ever,
        cancer__recent=recent.fill_null(False).any(),
        unmapped__ever=_.unmapped.any(),
        is_palliative=palliative.any(),
        palliative_undated=(palliative & _.event_date.isnull()).any(),
        palliative_last=_.event_date.max(where=palliative),
        cancelled_last=_.event_date.max(where=_.condition == "palliative_not_indicated"),
    )
    # A code without a date cancels nothing and is cancelled by nothing.
    cancelled = (
        _.is_palliative & ~_.palliative_undated & (_.cancelled_last >= _.palliative_last).fill_null(False)
    )
    return found.mutate(
        palliative__standing=_.is_palliative & ~cancelled, palliative__cancelled=cancelled
    ).drop("is_palliative", "palliative_undated", "palliative_last", "cancelled_last")


def _special_medicines(tables: Mapping[str, ibis.Table], as_of: date, rules: Rules) -> ibis.Table:
    since = as_of - timedelta(days=rules.window_days)
    lines = tables["lines"].distinct(on="line", keep="first")
    lines = lines.select("line", "dependence_treatment", "end_of_life_injectable")
    lines = lines.filter(_.dependence_treatment | _.end_of_life_injectable)
    issues = tables["medicine_issues"].filter(_.issue_date <= as_of)
    found = issues.join(lines, "line").select(
        *PERSON, "issue_date", "dependence_treatment", "end_of_life_injectable"
    )
    return found.group_by(*PERSON).agg(
        end_of_life__recent=(_.end_of_life_injectable & (_.issue_date > since)).any(),
        dependence_treatment__recent=(_.dependence_treatment & (_.issue_date > since)).any(),
        dependence_treatment__older=(_.dependence_treatment & (_.issue_date <= since)).any(),
    )
