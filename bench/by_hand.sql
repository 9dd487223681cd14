-- Long-term opioids, written by hand for DuckDB from the same Parquet issue tables: the cover and era rules of decision 10 and the same three
-- outcomes, for the benchmark's records.
-- :issues :patients :registrations :events are Parquet files; medicines, lines and instructions are the resolved dimensions, given and not timed
-- here (Stepwell's own time includes resolving them); codes are the code lists.
-- A reviewer checked that nothing is slowed on purpose and that it starts from the same issue table. It does less than Stepwell does: it leaves out
-- template ends (stopped and replaced lines), lines recorded from elsewhere, entries without a code, quantities in packs, and OME and current-dose
-- figures. The benchmark's records hold none of those where they would change a row, so rows are identical on them and not on any records.

create temp table occ as
with relevant as (
    select i.patient_key, i.practice, i.issue_date as day, i.dosage_instruction as text,
           m.line, n.state, n.units_min, n.units_max,
           (coalesce(i.prescribed_here, true) and i.elsewhere_source is null) as own,
           i.quantity_value::double as quantity,
           case
               when i.duration_days between 1 and 366 then i.duration_days
               when i.quantity_value > 0 and n.state = 'read' and n.units_min > 0
                   then least(greatest(floor(i.quantity_value::double / n.units_min + 0.001), 1), 184)::int
               when i.quantity_value > 0 and n.state <> 'read' and m.interval_hours is not null
                   then least(greatest(floor(i.quantity_value::double * m.interval_hours / 24 + 0.001), 1), 184)::int
           end as known_days
    from read_parquet(:issues) i
    join medicines m on i.drug_code is not distinct from m.drug_code and i.bnf_code is not distinct from m.bnf_code
                    and i.drug_name is not distinct from m.drug_name
    join instructions n on n.line = m.line and n.text is not distinct from i.dosage_instruction
    where i.issue_date <= :as_of
),
resent as (
    select patient_key, practice, line, own, day, text, quantity, any_value(state) as state, max(known_days) as known_days
    from relevant group by all
),
occasions as (
    select patient_key, practice, line, own, day, max(known_days) as known_days,
           max(case state when 'read' then 0 when 'open' then 1 when 'empty' then 2 when 'implausible' then 3 else 4 end) as state,
           case when bool_or(quantity is null) then null else sum(quantity) end as quantity
    from resent group by patient_key, practice, line, own, day
),
gaps as (
    select *, day - lag(day) over (partition by patient_key, practice, line, own order by day) as gap from occasions
),
medians as (
    select patient_key, practice, line, own, floor(median(gap))::int as gap
    from gaps group by patient_key, practice, line, own
    having count(*) >= 3 and floor(median(gap)) <= 70 and bool_or(known_days is null)
)
select o.patient_key, o.practice, o.line, o.own, o.day, o.state, o.quantity, coalesce(o.known_days, m.gap, 28)::int as days
from occasions o left join medians m using (patient_key, practice, line, own);

-- Unused days carried forward, at most 28: a fold over each line's occasions in order.
create temp table cover as
with folded as (
    select patient_key, practice, line, own,
           list_reduce(
               list([{'day': day, 'days': days, 'state': state, 'quantity': quantity, 'end_day': day + days}] order by day),
               lambda done, next: done || [{
                   'day': next[1].day, 'days': next[1].days, 'state': next[1].state, 'quantity': next[1].quantity,
                   'end_day': next[1].day + next[1].days + least(28, greatest(0, done[-1].end_day - next[1].day))::int
               }]
           ) as covers
    from occ group by patient_key, practice, line, own
),
flat as (select patient_key, practice, line, own, unnest(covers) as c from folded)
select patient_key, practice, line, own, c.day as day, c.state as state, c.quantity as quantity,
       c.end_day - c.days as start_day, c.end_day as end_day
from flat;

create temp table eras as
with opioid as (
    select patient_key, practice, start_day, end_day from cover join lines using (line) where own and opioid
),
marked as (
    select *, coalesce(start_day - max(end_day) over before > 30, true) as begins from opioid
    window before as (partition by practice, patient_key order by start_day, end_day rows between unbounded preceding and 1 preceding)
),
numbered as (
    select *, count(*) filter (begins) over (partition by practice, patient_key order by start_day, end_day rows unbounded preceding) as era
    from marked
)
select practice, patient_key, min(start_day) as era_start, max(end_day) as era_end,
       least(:as_of, max(end_day)) - min(start_day) as era_days
from numbered group by practice, patient_key, era
having max(end_day) + 30 >= :as_of;

create temp table unclear as
with last as (
    select *, end_day <= :as_of as lapsed from cover
    qualify row_number() over (partition by practice, patient_key, line, own order by day desc) = 1
),
runs as (
    select patient_key, practice, line, own, max(start_day) filter (begins) as run_start
    from (
        select *, coalesce(start_day - max(end_day) over (partition by practice, patient_key, line, own order by start_day, end_day
                                                          rows between unbounded preceding and 1 preceding) > 30, true) as begins
        from cover
    ) group by all
),
open_lines as (
    select l.*, n.substance, n.release, n.mg_per_unit, n.is_patch, r.run_start
    from last l join lines n using (line) join runs r using (patient_key, practice, line, own)
    where n.opioid
),
taken as (
    select o.* from open_lines o
    where o.own and o.end_day + 30 >= :as_of
      and not (o.lapsed and exists (
          select 1 from open_lines x
          where x.own and x.practice = o.practice and x.patient_key = o.patient_key and x.line <> o.line
            and x.substance = o.substance and x.release = o.release and x.run_start > o.day))
)
select distinct t.practice, t.patient_key
from taken t
where t.state >= 3
   or (t.mg_per_unit is null and not t.is_patch)
   or (t.state > 0 and not t.is_patch and coalesce(t.quantity, 0) <= 0
       and not exists (select 1 from cover c where c.practice = t.practice and c.patient_key = t.patient_key and c.line = t.line
                       and c.own = t.own and c.day < t.day and c.state = 0)
       and (select count(*) from cover c where c.practice = t.practice and c.patient_key = t.patient_key and c.line = t.line
            and c.own = t.own and :as_of - c.day < 180) < 3);

create temp table special as
select practice, patient_key,
       bool_or(end_of_life_injectable and issue_date > :as_of - 365) as end_of_life,
       bool_or(dependence_treatment and issue_date > :as_of - 365) as dependence,
       bool_or(dependence_treatment and issue_date <= :as_of - 365) as older_dependence
from (select i.practice, i.patient_key, i.issue_date, m.line from read_parquet(:issues) i
      join medicines m on i.drug_code is not distinct from m.drug_code and i.bnf_code is not distinct from m.bnf_code
                      and i.drug_name is not distinct from m.drug_name
      where i.issue_date <= :as_of)
join lines using (line) where end_of_life_injectable or dependence_treatment
group by all;

create temp table flags as
select practice, patient_key,
       bool_or(condition = 'cancer') as cancer,
       coalesce(bool_or(condition = 'cancer' and event_date > :as_of - 365), false) as cancer_recent,
       bool_or(condition = 'palliative') as palliative,
       bool_or(condition = 'opioid_dependence') as dependence,
       bool_or(condition in ('epilepsy', 'neuropathy', 'post_herpetic_pain')) as to_check
from read_parquet(:events) join codes using (snomed_id)
where event_date is null or event_date <= :as_of
group by all;

select p.patient_key,
       case
           when :year * 12 + :month - (p.birth_year * 12 + p.birth_month) < 216
             or not coalesce(r.registered, false)
             or coalesce(p.death_year * 12 + coalesce(p.death_month, 1) <= :year * 12 + :month, false)
             or coalesce(p.sensitive, false)
             or coalesce(f.palliative or f.cancer_recent or f.dependence, false)
             or coalesce(s.end_of_life or s.dependence, false) then 'out'
           when coalesce(f.cancer or f.to_check, false) or coalesce(s.older_dependence, false) or u.patient_key is not null
             or p.birth_year is null or p.birth_month is null
             or :year * 12 + :month - (p.birth_year * 12 + p.birth_month) = 216 then 'check'
           else 'in'
       end as outcome,
       e.era_start, e.era_days
from (select * from eras where era_days >= 90
      qualify row_number() over (partition by practice, patient_key order by era_days desc, era_start) = 1) e
join read_parquet(:patients) p using (practice, patient_key)
left join (select practice, patient_key, true as registered from read_parquet(:registrations)
           where registration_type = 'regular' and coalesce(start_date, :as_of) <= :as_of
             and (end_date is null or end_date > :as_of) group by all) r using (practice, patient_key)
left join flags f using (practice, patient_key)
left join special s using (practice, patient_key)
left join unclear u using (practice, patient_key)
order by p.patient_key;
