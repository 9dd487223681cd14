"""Each rule of the hand-written query changed: what shows that the comparison can fail, and that the records meet every rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """``old`` stands exactly once in the query and becomes ``new``."""

    name: str
    old: str
    new: str

    def applied(self, sql: str) -> str:
        """The query with the rule changed. Raises ``ValueError`` when it no longer says ``old`` exactly once."""
        if sql.count(self.old) != 1:
            raise ValueError(
                f"{self.name}: found {sql.count(self.old)} times in the query, not once: {self.old}"
            )
        return sql.replace(self.old, self.new)


_IN_INSTRUCTED = "           any_value(state) as state, any_value(ome_min) as ome_min, any_value(ome_max) as ome_max,\n           case when"

CHANGES = (
    # Section 1
    Change("issues after the day count", "where day <= :as_of)", "where day <= :as_of + 30)"),
    Change("a source of elsewhere is not looked at", " and i.elsewhere_source is null as own", " as own"),
    Change("prescribed here is not looked at", "coalesce(i.prescribed_here, true) and", "true and"),
    Change("any unit counts", "or u.word is not null\n", "or true\n"),
    Change("only no unit counts", "or u.word is not null\n", "\n"),
    Change(
        "units are not trimmed", "u.word = lower(trim(i.quantity_unit))", "u.word = lower(i.quantity_unit)"
    ),
    Change(
        "without a product, packs count", "m.counted_in is null and lower", "m.counted_in is null or lower"
    ),
    Change(
        "a template of another practice ends it",
        "repeats t on t.practice = i.practice and t.template_id",
        "repeats t on t.template_id",
    ),
    Change(
        "a row sent twice counts twice",
        "    from past semi join (select * from days where issues > 1) using (person, line, own, day)\n    group by person, line, own, day, reading, quantity",
        "    from (select *, row_number() over () as n from past semi join (select * from days where issues > 1) using (person, line, own, day))\n    group by person, line, own, day, reading, quantity, n",
    ),
    Change(
        "a row sent twice counts once",
        "count(quantity) = count(*) and max(times) = 1 then",
        "count(quantity) = count(*) then",
    ),
    Change(
        "the same instruction gives its dose twice",
        _IN_INSTRUCTED,
        _IN_INSTRUCTED.replace("any_value(ome_max)", "sum(ome_max)"),
    ),
    Change(
        "two instructions: the higher dose only",
        "case when count(ome_max) = count(*) then sum(ome_max) end",
        "max(ome_max)",
    ),
    Change(
        "one quantity not known: the rest counts",
        "       case when count(quantity) = count(*) then sum(quantity) end as quantity,\n       max",
        "       sum(quantity) as quantity,\n       max",
    ),
    Change(
        "one template goes on: the other's end counts",
        "case when not bool_or(goes_on) then max(template_end) end",
        "max(template_end)",
    ),
    # Section 2
    Change("durations are not given", "when duration_days between 1 and 366 then", "when false then"),
    Change("any duration counts", "when duration_days between 1 and 366 then", "when duration_days > 0 then"),
    Change("as needed has no longest supply", "units_min + 0.001), 1), 184)", "units_min + 0.001), 1), 999)"),
    Change("patches have no change interval", "state > 0 and interval_hours > 0", "false"),
    Change("no usual gap", "case when count(*) >= 3 and", "case when false and"),
    Change("a usual gap from two occasions", "case when count(*) >= 3 and", "case when count(*) >= 2 and"),
    Change("a usual gap of any length", "median(gap) <= 70 then", "median(gap) <= 700 then"),
    Change("28 assumed days are 30", "else 28 end as usual_days", "else 30 end as usual_days"),
    Change("nothing carried forward", "least(28, greatest(0, ends[-1]", "least(0, greatest(0, ends[-1]"),
    Change(
        "no limit to what is carried", "least(28, greatest(0, ends[-1]", "least(999, greatest(0, ends[-1]"
    ),
    # Section 3
    Change(
        "a gap of 31 is no gap",
        "filter (gap is null or gap > 30) over",
        "filter (gap is null or gap > 31) over",
    ),
    Change("eras of lines from elsewhere", "where own and opioid", "where opioid"),
    Change("an era is open 29 days more", "max(end_day) + 30 >= :as_of", "max(end_day) + 29 >= :as_of"),
    Change("long is 91 days", "e.era_days >= 90", "e.era_days >= 91"),
    # Section 4
    Change("a line is current 29 days more", "greatest(end_day + 30, case", "greatest(end_day + 29, case"),
    Change("a line from elsewhere as one from here", "case when not own then day + 180 end", "null"),
    Change("a repeat from elsewhere lasts half a year", "or not own and open_until > :as_of)", ")"),
    Change("an acute from elsewhere goes on", "coalesce(t.kind, i.kind, '') <> 'acute' and", ""),
    Change("what ended elsewhere goes on by its status", " and t.status is distinct from 'ended'", ""),
    # That its template ended matters only where it ended before the last issue (else it is stopped): not tried here.
    Change("without a template it goes on", "t.template is not null and coalesce", "coalesce"),
    Change("no template ends: stopped", "not (ended and run_out)", "true"),
    Change("no template ends: replaced", "((ended or run_out) and exists", "(run_out and exists"),
    Change("no line is replaced", "((ended or run_out) and exists", "(false and exists"),
    Change("replaced by another release too", " and x.release = t.release", ""),
    Change("replaced by elsewhere too", "where x.own and x.person", "where x.person"),
    Change("replaced by any later line", "and x.run_start > t.day", "and x.day > t.day"),
    Change("a quantity window of 90 days", ":as_of - c.day < 180", ":as_of - c.day < 90"),
    Change("gaps break no run", "filter (gap > 2 * usual_gap)", "filter (gap > 99 * usual_gap)"),
    Change("two occasions make a run", "having count(*) >= 3", "having count(*) >= 2"),
    Change("the last quantity counts", "sum(quantity) filter (day < last_day)", "sum(quantity)"),
    Change("as needed is always the maximum", "case when state = 1 then 0 else units end", "units"),
    Change(
        "no quantity over 28 days", "when t.quantity > 0 then 'quantity_28'", "when false then 'quantity_28'"
    ),
    Change("no earlier instruction", "when e.person is not null then", "when false then"),
    Change(
        "the first instruction, not the latest",
        "arg_max_null(c.ome_max, c.day)",
        "arg_min_null(c.ome_max, c.day)",
    ),
    Change(
        "a medicine without strength has a dose",
        "when t.mg_per_unit is null and not t.is_patch then 'none'",
        "when false then 'none'",
    ),
    Change("patches by quantity", "when t.is_patch then 'patch_default'", "when false then 'patch_default'"),
    Change("a patch is taken as one worn", "basis in ('none', 'patch_default')", "basis = 'none'"),
    Change("an unreadable dose is clear", "or state >= 3 as unclear", "as unclear"),
    Change(
        "from elsewhere, no lower bound",
        "bool_or(not known or not own or basis",
        "bool_or(not known or basis",
    ),
    Change(
        "one patch assumed, no lower bound",
        "bool_or(not known or not own or basis = 'patch_default')",
        "bool_or(not known or not own)",
    ),
    # Section 5
    Change(
        "no end-of-life window", "end_of_life_injectable and day > :as_of - 365", "end_of_life_injectable"
    ),
    Change("no dependence window", "dependence_treatment and day > :as_of - 365", "dependence_treatment"),
    Change("no older dependence", "dependence_treatment and day <= :as_of - 365", "false"),
    Change("no entries without a code", "where snomed_id is null", "where false"),
    Change("codes after the day count", "event_date is null or event_date <= :as_of", "true"),
    Change(
        "codes without a date do not count",
        "event_date is null or event_date <= :as_of",
        "event_date <= :as_of",
    ),
    Change(
        "no cancer window",
        "event_date > :as_of - 365), false) as cancer_recent",
        "true), false) as cancer_recent",
    ),
    Change(
        "a later code does not cancel",
        "not bool_or(condition = 'palliative' and",
        "false and not bool_or(condition = 'palliative' and",
    ),
    Change(
        "palliative codes without a date cancelled",
        "'palliative' and not unmapped and event_date is null)",
        "'palliative' and false)",
    ),
    Change("epilepsy", "case when epilepsy then", "case when false then"),
    Change("neuropathy", "case when neuropathy then", "case when false then"),
    Change("pain after shingles", "case when post_herpetic_pain then", "case when false then"),
    Change("an opioid-dependence code", "treated or dependence then", "treated then"),
    Change("sensitive records", "case when sensitive then", "case when false then"),
    Change("people who died", "case when died or not", "case when not"),
    Change("registered, though they died", " and not coalesce(died, false) as registered", " as registered"),
    Change("any registration", "coalesce(registration_type = 'regular', false)", "true"),
    Change(
        "a registration of no known kind counts", "is_registered and not of_unknown_kind", "is_registered"
    ),
    Change("what is withheld", "case when withheld is distinct from false", "case when false"),
    Change("not known whether withheld", "case when withheld is distinct from false", "case when withheld"),
    Change(
        "OME without what is withheld",
        "or withheld is distinct from false and ome_min",
        "or false and ome_min",
    ),
    Change("registrations that ended", "(end_date is null or end_date > :as_of)", "true"),
    Change("registrations to come", "coalesce(start_date, :as_of) <= :as_of and", ""),
    Change("17 is adult", "turned < 18 or months < 216", "turned < 17"),
    Change("turning 18 is certain", "(months is null or months = 216)", "months is null"),
    Change("the year of turning 18 is certain", "(months is null or months = 216)", "months = 216"),
    Change("an age not known is certain", "turned is null or turned = 18 and", "turned = 18 and"),
    Change("a year without a month is not certain", "turned = 18 and (months is null", "(months is null"),
    Change(
        "a hospital's line goes on beside the practice's",
        "(x.line <> t.line or not t.own)",
        "x.line <> t.line",
    ),
    Change(
        "a key is one person at two practices", "p.practice = i.practice and p.patient_key", "p.patient_key"
    ),
    # Section 6
    Change("nothing is missing where more were made", "undated > 0 or issues_made > dated", "undated > 0"),
    Change(
        "nothing is missing where days are not given",
        "undated > 0 or issues_made > dated",
        "issues_made > dated",
    ),
    Change(
        "issues without a template are not missing",
        "from issued where day is null and",
        "from issued where false and",
    ),
    Change(
        "what was made before the load may be now",
        "when undated = 0 and start_date < first_day then",
        "when false then",
    ),
    # That the look-back's missing issues end 70 days each after the start matters only to a load of a few months: not tried here.
    Change("dated issues do not bound the missing", "then last_dated\n", "then null\n"),
    Change("templates do not bound the missing", "else end_date end as latest", "end as latest"),
    Change(
        "the first of several is not the earliest",
        "when undated > 0 and dated > 1 then first_dated",
        "when false then null",
    ),
    Change("missing issues last 28 days", "coalesce(days, 70) + 28", "28"),
    Change("a settled dose is asked about", "and d.person is null\n", "\n"),
    # Nor that what is missing from elsewhere may be taken for 180 days: nobody's row here rests on that alone.
    Change(
        "nobody may take it now",
        "(e.era_days >= 90 or e.may_be_longer) or e.may_be_taken",
        "(e.era_days >= 90 or e.may_be_longer)",
    ),
    Change("nobody may have for longer", "(e.era_days >= 90 or e.may_be_longer)", "e.era_days >= 90"),
    Change(
        "longer, though the era came first",
        "(u.opioid_start is null or u.opioid_start < now.era_start)",
        "true",
    ),
    Change(
        "longer, though a gap is between",
        "and u.opioid_reach + 30 >= now.era_start",
        "and u.opioid_reach is not null",
    ),
    Change("treatment on a day not known", "case when treatment_lately then", "case when false then"),
    Change("treatment on some day", "or treated_some_day then", "then"),
    Change("a practice without diagnoses", "case when no_diagnoses then", "case when false then"),
    # Section 7
    Change(
        "days worked out may not be longer", "or e.may_be_taken or e.may_be_long\n", "or e.may_be_taken\n"
    ),
    Change("days given may be longer", "p.practice in (from no_days) and case", "true and case"),
    Change("28 days more join no era to as-of", "else last.ago <= 58 and", "else false and"),
    Change("28 days more join no eras", "now.gap_before <= 58 and", "false and"),
    Change("28 days more join no eras to as-of", "or last.gap_before <= 58 and", "or false and"),
)
