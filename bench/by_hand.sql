-- Reviewed by another hand on 2026-11-24 against decision 10: the rules of this search as decided, from the same tables, deriving exposures timed on both
-- sides, nothing slowed on purpose; lines are numbered, as people are, since that review found it a third faster. What medicines, instructions and codes mean is Stepwell's own reading, and not checked by comparing rows.
--
-- Long-term opioids, written by hand for DuckDB from the same Parquet tables: every rule of decision 10 the rows of this search rest on, and every
-- column of those rows. Sections named in comments are decision 10's.
--
-- :issues :templates :patients :registrations :events are Parquet files. What each distinct medicine, instruction, unit, code and word means is given
-- (medicines, lines, instructions, units, codes, words) and not timed here; Stepwell's own time includes working that out. Eras are worked out for
-- opioids only: rows of this search show no others.

-- A person is known to one practice. Numbers, because what follows groups and sorts by them many times.
create temp table people as
select row_number() over () as person, * from read_parquet(:patients);

-- Lines are numbered for the same reason.
create temp table lines_n as select (row_number() over ())::int as no, * from lines;
create temp table medicines_n as select m.* exclude (line), l.no as line from medicines m join lines_n l using (line);
create temp table instructions_n as select i.* exclude (line), l.no as line from instructions i join lines_n l using (line);
create temp table lines_m as select * exclude (line, no), no as line from lines_n;

create temp table repeats as
select row_number() over () as template, * from read_parquet(:templates);

-- Sections 1 and 2: what was issued. A line is (person, line, own).
create temp table issued as
with readings as (
    select row_number() over () as reading, *,
           case state when 'read' then 0 when 'open' then 1 when 'empty' then 2 when 'implausible' then 3 else 4 end as rank
    from instructions_n
),
issues as (
    select p.person, m.line, coalesce(i.prescribed_here, true) and i.elsewhere_source is null as own, i.issue_date as day,
           n.reading, n.rank as state, m.interval_hours, i.duration_days, t.template, t.end_date as template_end,
           case when t.template is not null and coalesce(t.kind, i.kind, '') <> 'acute' and t.status is distinct from 'ended'
                then coalesce(t.end_date, date '9999-12-31') end as open_until,
           case when n.rank = 0 then n.units_min end as units_min,
           case when n.rank = 0 then n.ome_min end as ome_min,
           case when n.rank = 0 then n.ome_max end as ome_max,
           -- A number of something else says nothing of how many units there are. Without a product only packs are refused.
           case when coalesce(trim(i.quantity_unit), '') = '' or u.word is not null
                  or (m.counted_in is null and lower(trim(i.quantity_unit))
                      not in ('pack', 'packs', 'op', 'bottle', 'bottles', 'box', 'boxes', 'tube', 'tubes'))
                then i.quantity_value::double end as quantity
    from read_parquet(:issues) i
    join medicines_n m on i.drug_code is not distinct from m.drug_code and i.bnf_code is not distinct from m.bnf_code
                    and i.drug_name is not distinct from m.drug_name
    join readings n on n.line = m.line and n.text is not distinct from i.dosage_instruction
    join people p on p.practice = i.practice and p.patient_key = i.patient_key
    left join units u on u.counted_in = m.counted_in and u.word = lower(trim(i.quantity_unit))
    left join repeats t on t.practice = i.practice and t.template_id = i.template_id
)
select * exclude (units_min, interval_hours, duration_days),
       case when duration_days between 1 and 366 then duration_days
            when quantity > 0 and state = 0 and units_min > 0 then least(greatest(floor(quantity / units_min + 0.001), 1), 184)
            when quantity > 0 and state > 0 and interval_hours > 0 then least(greatest(floor(quantity * interval_hours / 24 + 0.001), 1), 184)
       end::int as known_days
from issues;

-- One row per line and day, up to the day asked about.
create temp table occasions as
with past as (select * from issued where day <= :as_of),
-- Nearly every line has one issue on a day.
days as (
    select person, line, own, day, count(*) as issues, any_value(state) as state, any_value(ome_min) as ome_min, any_value(ome_max) as ome_max,
           any_value(quantity) as quantity, any_value(known_days) as known_days, any_value(template_end) as template_end,
           any_value(open_until) as open_until
    from past group by person, line, own, day
),
-- On the others, the same instruction gives its dose once. With the same quantity it may have been sent or made twice: how much is not known.
sent as (
    select person, line, own, day, reading, quantity,
           any_value(state) as state, any_value(ome_min) as ome_min, any_value(ome_max) as ome_max,
           max(known_days) as known_days, max(template_end) as template_end, bool_or(template_end is null) as goes_on,
           max(open_until) as open_until, count(*) as times
    from past semi join (select * from days where issues > 1) using (person, line, own, day)
    group by person, line, own, day, reading, quantity
),
instructed as (
    select person, line, own, day, reading,
           any_value(state) as state, any_value(ome_min) as ome_min, any_value(ome_max) as ome_max,
           case when count(quantity) = count(*) and max(times) = 1 then sum(quantity) end as quantity,
           max(known_days) as known_days, max(template_end) as template_end, bool_or(goes_on) as goes_on, max(open_until) as open_until
    from sent group by person, line, own, day, reading
)
select * exclude (issues) from days where issues = 1
union all by name
select person, line, own, day, max(state) as state,
       case when count(ome_min) = count(*) then sum(ome_min) end as ome_min,
       case when count(ome_max) = count(*) then sum(ome_max) end as ome_max,
       case when count(quantity) = count(*) then sum(quantity) end as quantity,
       max(known_days) as known_days,
       case when not bool_or(goes_on) then max(template_end) end as template_end, max(open_until) as open_until
from instructed group by person, line, own, day;

-- Section 2: days covered, unused days carried forward, at most 28: a fold over the days of each line in order.
create temp table covers as
with gaps as (
    select *, day - lag(day) over (partition by person, line, own order by day) as gap from occasions
),
ordered as (
    select person, line, own,
           case when count(*) >= 3 and median(gap) <= 70 then floor(median(gap))::int else 28 end as usual_days,
           list({'day': day, 'days': known_days} order by day) as taken
    from gaps group by person, line, own
),
lasting as (
    select * replace (list_transform(taken, lambda t: {'day': t.day, 'days': coalesce(t.days, usual_days)}) as taken) from ordered
),
folded as (
    select person, line, own, taken,
           list_reduce(list_transform(taken, lambda t: [t.day + t.days]),
                       lambda ends, next, n: ends || [next[1] + least(28, greatest(0, ends[-1] - taken[n].day))::int]) as ends
    from lasting
),
flat as (select person, line, own, unnest(taken) as taken, unnest(ends) as end_day from folded)
select o.*, f.end_day - f.taken.days as start_day, f.end_day
from flat f join occasions o on o.person = f.person and o.line = f.line and o.own = f.own and o.day = f.taken.day;

-- Section 3: eras of opioids prescribed here.
create temp table eras as
with marked as (
    select person, line, start_day, end_day, start_day - max(end_day) over before as gap
    from covers join lines_m using (line) where own and opioid
    window before as (partition by person order by start_day, end_day, line rows between unbounded preceding and 1 preceding)
),
numbered as (
    select *, count(*) filter (gap is null or gap > 30) over (partition by person order by start_day, end_day, line rows unbounded preceding) as era
    from marked
),
found as (
select person, min(start_day) as era_start, max(end_day) as era_end, max(end_day) + 30 >= :as_of as is_open,
       least(:as_of, max(end_day)) - min(start_day) as era_days,
       greatest(coalesce(max(gap) filter (gap <= 30), 0), 0) as longest_gap, count(*) over (partition by person) as eras,
       min(start_day) - lag(max(end_day)) over (partition by person order by min(start_day)) as gap_before,
       lag(min(start_day)) over (partition by person order by min(start_day)) as start_before
from numbered group by person, era
),
-- Section 7: eras that only 28 days more part are one run of them.
runs as (
    select *, count(*) filter (gap_before is null or gap_before > 58) over (partition by person order by era_start) as run from found
)
select * exclude (run, start_before), least(start_before, min(era_start) over (partition by person, run)) as start_before from runs;

-- Section 4: lines taken now. The last occasion of each line, when its present run began, whether its supply has run out or its template ended.
create temp table taken as
with marked as (
    select *, start_day - max(end_day) over before as gap from covers
    window before as (partition by person, line, own order by start_day, end_day rows between unbounded preceding and 1 preceding)
),
last as (
    select person, line, own, max(start_day) filter (gap is null or gap > 30) as run_start,
           unnest(max_by({'day': day, 'end_day': end_day, 'state': state, 'ome_min': ome_min, 'ome_max': ome_max,
                          'quantity': quantity, 'template_end': template_end, 'open_until': open_until}, day))
    from marked group by person, line, own
),
latest as (
    select l.*, n.* exclude (line),
           l.end_day <= :as_of as run_out, coalesce(l.template_end between l.day and :as_of, false) as ended
    from last l join lines_m n using (line)
)
select * from latest t
where (greatest(end_day + 30, case when not own then day + 180 end) >= :as_of
       or not own and open_until > :as_of)  -- never said to end, and nobody here would write it again
  and not (ended and run_out)
  and not ((ended or run_out) and exists (
      select 1 from latest x
      where x.own and x.person = t.person and x.substance = t.substance and x.release = t.release
        and (x.line <> t.line or not t.own) and x.run_start > t.day));

-- Section 4: the daily dose by quantity, over the last unbroken run of the last 180 days, for lines whose instruction gives none.
create temp table by_quantity as
with recent as (
    select c.person, c.line, c.own, c.day, c.quantity, t.day as last_day,
           c.day - lag(c.day) over (partition by c.person, c.line, c.own order by c.day) as gap
    from covers c join taken t on t.person = c.person and t.line = c.line and t.own = c.own
    where t.state > 0 and not t.is_patch and :as_of - c.day < 180
),
usual as (
    select *, median(gap) over (partition by person, line, own) as usual_gap from recent
),
numbered as (
    select *, count(*) filter (gap > 2 * usual_gap) over (partition by person, line, own order by day) as run from usual
),
last_run as (
    select * from numbered qualify run = max(run) over (partition by person, line, own)
)
select person, line, own, sum(quantity) filter (day < last_day) / nullif(max(day) - min(day), 0) as units
from last_run group by person, line, own
having count(*) >= 3 and count(*) filter (quantity > 0 and day < last_day) = count(*) - 1;

create temp table earlier as
select c.person, c.line, c.own, arg_max_null(c.ome_min, c.day) as ome_min, arg_max_null(c.ome_max, c.day) as ome_max
from covers c join taken t on t.person = c.person and t.line = c.line and t.own = c.own
where c.state = 0 and c.day < t.day
group by c.person, c.line, c.own;

create temp table doses as
with based as (
    select t.*, e.ome_min as earlier_min, e.ome_max as earlier_max, coalesce(q.units, t.quantity / 28) as units,
           case when t.mg_per_unit is null and not t.is_patch then 'none'
                when t.state = 0 then 'instruction'
                when t.is_patch then 'patch_default'
                when q.units is not null then 'quantity'
                when t.quantity > 0 then 'quantity_28'
                when e.person is not null then 'earlier_instruction'
                else 'none' end as basis
    from taken t
    left join by_quantity q on q.person = t.person and q.line = t.line and q.own = t.own
    left join earlier e on e.person = t.person and e.line = t.line and e.own = t.own
)
select * replace (
           round(case when basis = 'instruction' then ome_min
                      when basis = 'patch_default' then patch_ome
                      when basis = 'earlier_instruction' then earlier_min
                      when basis like 'quantity%' then ome_per_unit * case when state = 1 then 0 else units end end, 4) as ome_min,
           round(case when basis = 'instruction' then ome_max
                      when basis = 'patch_default' then patch_ome
                      when basis = 'earlier_instruction' then earlier_max
                      when basis like 'quantity%' then ome_per_unit * units end, 4) as ome_max),
       basis in ('none', 'patch_default') or state >= 3 as unclear
from based;

-- Section 6: what was made and has no date, and between which days it can have been made. The load's first day is the one that all but one in a
-- thousand of its dated issues follow.
create temp table missing as
with load as (
    select date '1970-01-01' + floor(quantile_cont(issue_date - date '1970-01-01', 0.001))::int as first_day
    from read_parquet(:issues) where issue_date is not null
),
counting as (
    select t.*, p.person, m.line
    from repeats t
    join medicines_n m on t.drug_code is not distinct from m.drug_code and t.bnf_code is not distinct from m.bnf_code
                    and t.drug_name is not distinct from m.drug_name
    join people p on p.practice = t.practice and p.patient_key = t.patient_key
),
held as (
    select t.template, count(i.issue_date) as dated, count(*) - count(i.issue_date) as undated,
           min(i.issue_date) as first_dated, max(i.issue_date) as last_dated
    from read_parquet(:issues) i join counting t on t.practice = i.practice and t.template_id = i.template_id
    group by t.template
),
lasting as (select template, max(known_days) as days from issued group by template),
templates as (
    select t.*, coalesce(h.dated, 0) as dated, coalesce(h.undated, 0) as undated, h.first_dated, h.last_dated, l.days, load.first_day
    from counting t left join held h on h.template = t.template left join lasting l on l.template = t.template cross join load
),
bounded as (
    select person, line, coalesce(prescribed_here, true) and elsewhere_source is null as own, days,
           case when undated > 0 and dated > 1 then first_dated else start_date end as earliest,
           case when undated = 0 and start_date < first_day then least(first_day, start_date + 70 * (issues_made - dated)::int)
                when undated > 0 and dated > 0 or start_date is null and dated > 0 then last_dated
                else end_date end as latest
    from templates where undated > 0 or issues_made > dated
    union all
    select person, line, own, known_days, null, null
    from issued where day is null and (template is null or template not in (select template from counting))
)
select * replace (least(coalesce(latest, :as_of), :as_of) as latest),
       least(coalesce(latest, :as_of), :as_of) + coalesce(days, 70) + 28 as reach
from bounded where earliest is null or earliest <= :as_of;

-- Whether an opioid may be taken now, and when at most what is missing of opioids was taken. A line taken now in a dose its instruction or patch
-- gives is not asked about: more issues change nothing of it.
create temp table undated as
select person,
       bool_or(n.opioid and d.person is null
               and greatest(m.reach + 30, case when not m.own then m.latest + 180 end) >= :as_of) as opioid_now,
       case when not bool_or(n.opioid and m.earliest is null) then min(m.earliest) filter (n.opioid) end as opioid_start,
       max(m.reach) filter (n.opioid) as opioid_reach,
       bool_or((n.end_of_life_injectable or n.dependence_treatment) and m.latest > :as_of - 365) as treatment_lately,
       bool_or(n.dependence_treatment) as treated_some_day
from missing m join lines_m n using (line)
left join (select * from doses where basis in ('instruction', 'patch_default')) d using (person, line, own)
group by person;

-- What is shown of a person's current lines.
create temp table current_lines as
with known as (select *, ome_min is not null and ome_max is not null as known from doses)
select person,
       string_agg(distinct basis, '|' order by basis) filter (opioid) as basis,
       round(sum(ome_min) filter (opioid and known), 4) as ome_min,
       round(sum(ome_max) filter (opioid and known), 4) as ome_max,
       coalesce(bool_or(not known or not own or basis = 'patch_default') filter (opioid), false) as ome_at_least,
       list(name order by opioid desc, name, own desc) as medicines,
       list(distinct substance) as substances,
       count(distinct substance) filter (opioid) > 1 as two_opioids,
       bool_or(opioid) as opioid, bool_or(tramadol) as tramadol, bool_or(strong_opioid) as strong_opioid, bool_or(gabapentinoid) as gabapentinoid,
       bool_or(benzodiazepine) as benzodiazepine, bool_or(z_drug) as z_drug, bool_or(is_patch) as patch, bool_or(not own) as elsewhere,
       bool_or(unclear and opioid) as opioid_unclear,
       bool_or(unclear and (opioid or gabapentinoid or benzodiazepine or z_drug)) as unclear
from known group by person;

-- Section 5: what leaves a person out or asks for a check.
create temp table special as
select person,
       bool_or(end_of_life_injectable and day > :as_of - 365) as end_of_life,
       bool_or(dependence_treatment and day > :as_of - 365) as dependence,
       bool_or(dependence_treatment and day <= :as_of - 365) as older_dependence
from occasions join lines_m using (line) where end_of_life_injectable or dependence_treatment
group by person;

create temp table flags as
with found as (
    select practice, patient_key, event_date, condition, false as unmapped
    from read_parquet(:events) join codes using (snomed_id)
    union all
    select practice, patient_key, event_date, condition, true
    from read_parquet(:events) join words using (term) where snomed_id is null
)
select practice, patient_key,
       bool_or(condition = 'cancer' and not unmapped) as cancer,
       coalesce(bool_or(condition = 'cancer' and not unmapped and event_date > :as_of - 365), false) as cancer_recent,
       bool_or(condition = 'palliative' and not unmapped) as palliative,
       -- A code without a date cancels nothing and is cancelled by nothing.
       not bool_or(condition = 'palliative' and not unmapped and event_date is null)
           and coalesce(max(event_date) filter (condition = 'palliative_not_indicated')
                        >= max(event_date) filter (condition = 'palliative' and not unmapped), false) as cancelled,
       bool_or(condition = 'opioid_dependence' and not unmapped) as dependence,
       bool_or(condition = 'epilepsy' and not unmapped) as epilepsy,
       bool_or(condition = 'neuropathy' and not unmapped) as neuropathy,
       bool_or(condition = 'post_herpetic_pain' and not unmapped) as post_herpetic_pain,
       bool_or(unmapped) as unmapped
from found where event_date is null or event_date <= :as_of
group by practice, patient_key;

create temp table registered as
select practice, patient_key, bool_or(coalesce(registration_type = 'regular', false)) as is_regular,
       bool_or(registration_type is null) as of_unknown_kind from read_parquet(:registrations)
where coalesce(start_date, :as_of) <= :as_of and (end_date is null or end_date > :as_of)
group by practice, patient_key;

-- The open era of most days, or of a person without one how long the era that ended last was.
with era as (
    select person, any_value(eras) as eras, bool_or(is_open) as is_open,
           max_by({'era_start': era_start, 'era_days': era_days, 'longest_gap': longest_gap, 'gap_before': gap_before,
                   'start_before': start_before}, (era_days, :as_of - era_start)) filter (is_open) as now,
           max_by({'days': era_end - era_start, 'ago': :as_of - era_end, 'gap_before': gap_before,
                   'start_before': start_before}, (era_end, :as_of - era_start)) as last
    from eras group by person
),
no_days as (
    select practice from read_parquet(:issues) group by practice having not coalesce(bool_or(duration_days > 0), false)
),
spans as (
    select p.person, coalesce(e.eras, 0) as eras, coalesce(e.is_open, false) as is_open, now.era_start, now.longest_gap,
           case when e.is_open then now.era_days else last.days end as era_days,
           -- Section 7: in a load that gives no days of supply, 28 more of them may join an era to as-of or to the era before it.
           coalesce(p.practice in (from no_days) and case
               when e.is_open then now.era_days < 90 and now.gap_before <= 58 and :as_of - now.start_before >= 90
               else last.ago <= 58 and (last.ago + last.days >= 90 or last.gap_before <= 58 and :as_of - last.start_before >= 90)
           end, false) as may_be_long,
           u.treatment_lately, u.treated_some_day,
           coalesce(u.opioid_now and not coalesce(e.is_open, false), false) as may_be_taken,
           coalesce(e.is_open and now.era_days < 90 and (u.opioid_start is null or u.opioid_start < now.era_start)
                    and u.opioid_reach + 30 >= now.era_start, false) as may_be_longer
    from people p left join era e on e.person = p.person left join undated u on u.person = p.person
),
asked as (
    select e.*, p.* exclude (person), c.* exclude (person),
           :year * 12 + :month - (p.birth_year * 12 + p.birth_month) as months,
           :year - p.birth_year as turned,  -- in this calendar year, whatever the month
           coalesce(p.death_year * 12 + coalesce(p.death_month, 1) <= :year * 12 + :month, false) as died,
           coalesce(r.is_regular, false) as is_registered, coalesce(r.of_unknown_kind, false) as of_unknown_kind, s.end_of_life, s.dependence as treated, s.older_dependence,
           p.practice not in (select practice from read_parquet(:events)) as no_diagnoses, f.* exclude (practice, patient_key)
    from spans e join people p using (person)
    left join current_lines c on c.person = e.person
    left join special s on s.person = e.person
    left join registered r on r.practice = p.practice and r.patient_key = p.patient_key
    left join flags f on f.practice = p.practice and f.patient_key = p.patient_key
    where e.is_open and (e.era_days >= 90 or e.may_be_longer) or e.may_be_taken or e.may_be_long
),
decided as (
    select *,
           list_filter([
               case when turned < 18 or months < 216 then 'under_18' end,
               case when died or not is_registered and not of_unknown_kind then 'not_registered' end,
               case when sensitive then 'sensitive_record' end,
               case when palliative and not cancelled or end_of_life then 'palliative' end,
               case when cancer_recent then 'active_cancer' end,
               case when treated or dependence then 'dependence_treatment' end], lambda r: r is not null) as out_reasons,
           list_filter([
               case when withheld is distinct from false then 'record_withheld' end,
               case when of_unknown_kind and not is_registered and not died then 'registration_not_certain' end,
               case when cancer then 'cancer_ever' end,
               case when palliative and cancelled then 'palliative_cancelled' end,
               case when epilepsy then 'epilepsy' end,
               case when neuropathy then 'neuropathy' end,
               case when post_herpetic_pain then 'post_herpetic_pain' end,
               case when older_dependence or treated_some_day then 'older_dependence_treatment' end,
               case when unmapped then 'unmapped_condition' end,
               case when no_diagnoses then 'no_diagnoses' end,
               case when treatment_lately then 'treatment_undated' end,
               case when may_be_long then 'opioid_days_long' end,
               case when may_be_longer then 'opioid_may_be_longer' end,
               case when may_be_taken then 'opioid_may_be_taken' end,
               case when turned is null or turned = 18 and (months is null or months = 216) then 'age_not_certain' end,
               case when opioid_unclear then 'opioid_dose_unclear' end], lambda r: r is not null) as check_reasons
    from asked
)
select practice, patient_key,
       case when len(out_reasons) > 0 then 'out' when len(check_reasons) > 0 then 'check' else 'in' end as outcome,
       case when len(out_reasons) > 0 then out_reasons when len(check_reasons) > 0 then check_reasons else ['meets_definition'] end as reasons,
       coalesce(basis, '') as basis, ome_min as daily_ome_min, ome_max as daily_ome_max, coalesce(ome_at_least, false) or withheld is distinct from false and ome_min is not null as ome_at_least,
       eras, era_start, era_days, longest_gap, months // 12 as age, sex, coalesce(medicines, []) as medicines,
       list_filter([
           case when ome_max >= 120 then 'ome_120' end,
           case when ome_max >= 90 and ome_max < 120 then 'ome_90' end,
           case when benzodiazepine or z_drug then 'benzodiazepine' end,
           case when gabapentinoid then 'gabapentinoid' end,
           case when two_opioids then 'two_opioids' end,
           case when tramadol then 'tramadol' end,
           case when patch then 'patch' end,
           case when elsewhere then 'elsewhere' end,
           case when months // 12 >= 75 then 'age_75' end,
           case when unclear then 'dose_unclear' end,
           case when no_nhs_number then 'no_nhs_number' end], lambda r: r is not null) as flags,
       list_sort(list_distinct(coalesce(substances, []) || list_filter([
           case when opioid then 'opioid' end,
           case when tramadol then 'tramadol' end,
           case when strong_opioid then 'strong_opioid' end,
           case when gabapentinoid then 'gabapentinoid' end,
           case when benzodiazepine then 'benzodiazepine' end,
           case when z_drug then 'z_drug' end], lambda r: r is not null))) as groups,
       coalesce(no_nhs_number, false) as no_nhs_number, coalesce(is_registered, false) and not coalesce(died, false) as registered
from decided
order by practice, patient_key;
