"""What searches may ask about a person: one typed fact each, worked out for everybody at once.

A rule names a fact; nothing else is visible to it. ``FACTS`` is the vocabulary: name, type, and the words a reader is shown.
Unknown is NULL, and a comparison with NULL is false: a rule can only hold on what is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.records.exposures import Exposures
from stepwell.population.records.exposures.pipeline import PERSON
from stepwell.population.records.searches import reckoned, undated

# A group of classes that one era fact speaks of.
GROUPS: dict[str, tuple[str, ...]] = {
    "opioid": ("opioid",),
    "tramadol": ("tramadol",),
    "gabapentinoid": ("gabapentinoid",),
    "sedative": ("benzodiazepine", "z_drug"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """``kind`` is bool, int, number, date or text. ``words`` complete "This person: ..."."""

    kind: str
    words: str


_GROUP_FACTS = {
    "open": Fact("bool", "{group} supply open at the date (no gap over the limit)"),
    "era_days": Fact("int", "days of the open {group} era"),
    "era_start": Fact("date", "start of the open {group} era"),
    "era_end": Fact("date", "end of supply of the open {group} era"),
    "longest_gap": Fact("int", "longest gap in days inside the open {group} era"),
    "eras": Fact("int", "number of {group} eras on record"),
    "closed_days": Fact("int", "days of the last {group} era, when none is open"),
    "closed_ago": Fact("int", "days since the last {group} era ended, when none is open"),
    "elsewhere": Fact("bool", "a current {group} medicine recorded from elsewhere"),
    "unclear": Fact("bool", "a current {group} medicine whose dose is not clear"),
    "issued_in_window": Fact("bool", "a {group} issue here in the last 12 months"),
    "seen_before": Fact("bool", "a {group} issue in the 12 months before the open era"),
    "registered_before": Fact("int", "days registered here before the open {group} era began"),
    "days_now": Fact(
        "bool", "no open {group} era, but with longer supplies than were worked out there may be one"
    ),
    "days_long": Fact(
        "bool", "with longer supplies than were worked out, an open {group} era may be long-term"
    ),
    "days_stopped": Fact(
        "bool", "with longer supplies than were worked out, a long {group} era may have ended of late"
    ),
    "undated_now": Fact(
        "bool", "{group} issues without a date: it may be taken now, or more than the dated ones show"
    ),
    "undated_eras": Fact(
        "bool", "{group} issues without a date that may change how long it was taken, or when it ended"
    ),
    "undated_before": Fact(
        "bool", "{group} issues without a date, perhaps in the 12 months before the open era"
    ),
    "issues_made": Fact("int", "{group} issues made, where more were made than are dated"),
    "issues_dated": Fact("int", "{group} issues dated, where more were made"),
}

_GROUP_WORDS = {
    "opioid": "opioid",
    "tramadol": "tramadol",
    "gabapentinoid": "gabapentinoid",
    "sedative": "benzodiazepine or Z-drug",
}

FACTS: dict[str, Fact] = {
    **{
        f"{group}.{name}": Fact(fact.kind, fact.words.format(group=words))
        for group, words in _GROUP_WORDS.items()
        for name, fact in _GROUP_FACTS.items()
    },
    "ome.low": Fact("number", "daily OME, minimum, all current opioids, mg"),
    "ome.high": Fact("number", "daily OME, maximum, all current opioids, mg"),
    "ome.own_high": Fact("number", "daily OME, maximum, opioids prescribed here, mg"),
    "ome.missing": Fact(
        "bool", "a current opioid has no dose, is a patch of which one is assumed, or is not convertible"
    ),
    "ome.at_least": Fact("bool", "daily OME is a lower bound"),
    "person.registered": Fact("bool", "registered at the practice, and alive, at the date"),
    "person.registration_unclear": Fact(
        "bool", "registered at the date by a registration of a kind that is not known, and alive"
    ),
    "person.age": Fact("text", "age group: adult, under_18, turning_18 or unknown"),
    "person.years": Fact("int", "age in whole years by birth month"),
    "person.sensitive": Fact("bool", "record marked sensitive"),
    "person.withheld": Fact("bool", "part of the record is withheld, or not known to be whole"),
    "person.no_diagnoses": Fact("bool", "the practice's extract holds no diagnoses, of anybody"),
    "cancer.recent": Fact("bool", "a cancer code in the last 12 months"),
    "cancer.ever": Fact("bool", "a cancer code at any time"),
    "palliative.standing": Fact("bool", "a palliative care code that no later code cancels"),
    "palliative.cancelled": Fact("bool", "a palliative care code, cancelled by a later code"),
    "epilepsy.ever": Fact("bool", "an epilepsy code"),
    "neuropathy.ever": Fact("bool", "a neuropathy code"),
    "post_herpetic_pain.ever": Fact("bool", "a post-herpetic pain code"),
    "opioid_dependence.ever": Fact("bool", "an opioid dependence code"),
    "unmapped.ever": Fact("bool", "a record entry without a code whose words suggest an excluding condition"),
    "end_of_life.recent": Fact("bool", "an end-of-life injectable in the last 12 months"),
    "dependence_treatment.recent": Fact("bool", "a dependence-treatment medicine in the last 12 months"),
    "dependence_treatment.older": Fact(
        "bool", "a dependence-treatment medicine more than 12 months ago, or on a day not known"
    ),
    "end_of_life.undated": Fact(
        "bool", "an end-of-life injectable issued without a date, perhaps in the last 12 months"
    ),
    "dependence_treatment.undated": Fact(
        "bool", "a dependence-treatment medicine issued without a date, perhaps in the last 12 months"
    ),
}


def column(name: str) -> str:
    """The column that holds a fact. Dots are for readers; columns have none."""
    return name.replace(".", "__")


def facts(tables: Mapping[str, ibis.Table], exposures: Exposures, rules: Rules) -> ibis.Table:
    """One row per (practice, patient_key), with a column for each of ``FACTS``."""
    as_of = exposures.as_of
    missing = undated.bounded(tables["undated_issues"], tables["lines"], as_of, rules)
    parts = [
        undated.of_groups(missing, exposures, rules, GROUPS),
        _ome(exposures),
        _conditions(tables["conditions"], as_of, rules),
        _special_medicines(tables, as_of, rules),
        _undated_special(missing, as_of, rules),
    ]
    for group, classes in GROUPS.items():
        parts.append(_eras_of(exposures, group, classes, rules))
        parts.append(_lines_of(exposures, group, classes))
        parts.append(_issues_of(tables, exposures, group, classes, rules))
    table = _joined(_people(tables, as_of), parts)
    for group in GROUPS:
        start = table[column(f"{group}.era_start")]
        days = start.delta(table["registered_from"], unit="day").cast("int32")
        table = table.mutate(**{column(f"{group}.registered_before"): days})
        table = table.mutate(**_named(group, **reckoned.may_differ(table, group, as_of, rules)))
    table = _with_undated(table, exposures, rules)
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


def _joined(table: ibis.Table, parts: Sequence[ibis.Table]) -> ibis.Table:
    """``table`` with the columns of every part. Joined at once: a join over a join costs a rewrite of all its columns."""
    joined, kept = table, list(table.columns)
    for number, part in enumerate(parts):
        joined = joined.left_join(part.view(), PERSON, rname=f"{{name}}_{number}")
        kept += [c for c in part.columns if c not in PERSON]
    return joined.select(*kept).view()


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


def _named(group: str, **values: ibis.Value) -> dict[str, ibis.Value]:
    return {column(f"{group}.{name}"): value for name, value in values.items()}


def _eras_of(exposures: Exposures, group: str, classes: tuple[str, ...], rules: Rules) -> ibis.Table:
    as_of = ibis.date(exposures.as_of)
    found = exposures.eras.filter(_.medicine_class.isin(classes))
    in_order = ibis.window(group_by=[*PERSON, "medicine_class"], order_by="start")
    found = found.mutate(
        length=_.end.delta(_.start, unit="day"),
        ago=as_of.delta(found.end, unit="day"),
        gap_before=_.start.delta(_.end.lag().over(in_order), unit="day"),
        start_before=_.start.lag().over(in_order),
    )
    # Eras that only longer supplies part are one run of them: what came before the era before counts too.
    parted = (_.gap_before > rules.gap_days + rules.assumed_days).fill_null(True)
    up_to_it = ibis.cumulative_window(group_by=[*PERSON, "medicine_class"], order_by="start")
    found = found.mutate(run=parted.cast("int32").sum().over(up_to_it))
    same_run = ibis.window(group_by=[*PERSON, "medicine_class", "run"])
    found = found.mutate(start_before=ibis.least(_.start_before, _.start.min().over(same_run)))
    # The open era with most days; the closed one that ended last. Ties have the same figures or are broken by start.
    pick = ibis.window(group_by=list(PERSON), order_by=[_.is_open.desc(), _.days.desc(), _.start])
    latest = ibis.window(group_by=list(PERSON), order_by=[_.end.desc(), _.start])
    ranked = found.mutate(
        rank=ibis.row_number().over(pick),
        late=ibis.row_number().over(latest),
        any_open=_.is_open.any().over(ibis.window(group_by=list(PERSON))),
    )
    first = (_.rank == 0) & _.is_open
    agg = ranked.group_by(*PERSON).agg(
        any_open=_.any_open.any(),
        closed_length=_.length.max(where=_.late == 0),
        closed_since=_.ago.max(where=_.late == 0),
        # Of the open era of most days, else of the last: the gap before it, and where the run of eras before that began.
        gap_before=_.gap_before.max(where=first | (~_.any_open & (_.late == 0))),
        start_before=_.start_before.max(where=first | (~_.any_open & (_.late == 0))),
        **_named(
            group,
            open=_.is_open.any(),
            era_days=_.days.max(where=first),
            era_start=_.start.max(where=first),
            era_end=_.end.max(where=first),
            longest_gap=_.longest_gap.max(where=first),
            eras=_.count(),
        ),
    )
    return agg.mutate(
        **_named(
            group,
            closed_days=ibis.ifelse(_.any_open, ibis.null("int64"), _.closed_length),
            closed_ago=ibis.ifelse(_.any_open, ibis.null("int64"), _.closed_since),
            gap_before=_.gap_before,
            start_before=_.start_before,
        )
    ).drop("any_open", "closed_length", "closed_since", "gap_before", "start_before")


def _lines_of(exposures: Exposures, group: str, classes: tuple[str, ...]) -> ibis.Table:
    current = _in_classes(exposures.current, classes)
    return current.group_by(*PERSON).agg(**_named(group, elsewhere=(~_.own).any(), unclear=_.unclear.any()))


def _in_classes(table: ibis.Table, classes: tuple[str, ...]) -> ibis.Table:
    belongs = table[classes[0]]
    for name in classes[1:]:
        belongs = belongs | table[name]
    return table.filter(belongs)


def _issues_of(
    tables: Mapping[str, ibis.Table], exposures: Exposures, group: str, classes: tuple[str, ...], rules: Rules
) -> ibis.Table:
    lines = _in_classes(tables["lines"], classes).select("line").distinct()
    issues = tables["medicine_issues"].filter(_.issue_date <= exposures.as_of).semi_join(lines, "line")
    starts = exposures.eras.filter(_.medicine_class.isin(classes) & _.is_open)
    starts = starts.group_by(*PERSON).agg(began=_.start.min())
    joined = issues.left_join(starts, PERSON).select(*PERSON, "issue_date", "own", "began")
    before = _.began.delta(_.issue_date, unit="day").between(1, rules.window_days)
    since = exposures.as_of - timedelta(days=rules.window_days)
    return joined.group_by(*PERSON).agg(
        **_named(
            group,
            seen_before=before.fill_null(False).any(),
            issued_in_window=((_.issue_date > since) & _.own).any(),
        )
    )


def _with_undated(table: ibis.Table, exposures: Exposures, rules: Rules) -> ibis.Table:
    found: dict[str, ibis.Value] = {}
    for group in GROUPS:
        found |= _named(
            group,
            undated_eras=undated.may_change_eras(table, group, exposures.as_of, rules),
            undated_before=undated.may_be_before(table, group, rules),
        )
    return table.mutate(**found)


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
