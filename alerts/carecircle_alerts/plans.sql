-- name: plan_settings_of_beds
-- What decides about the plans of beds for a kind each: where they are, who lives there, and the newest settings that
-- apply.
select w.bed_id, w.kind, b.circle, b.division_code, r.frailty,
    coalesce(
        (
            select jsonb_agg(to_jsonb(l))
            from (
                select distinct on (s.kind, s.area, s.circle, s.frailty)
                    s.version, s.kind, s.area, s.circle, s.frailty, s.settings, s.reason
                from plan_setting s
                where s.kind in (w.kind, w.family) and starts_with(b.division_code, s.area)
                    and s.circle in ('', b.circle) and s.frailty in ('', r.frailty)
                order by s.kind, s.area, s.circle, s.frailty, s.version desc
            ) l
        ), '[]'
    )::text as layers
from json_to_recordset(%(wanted)s) as w (bed_id text, kind text, family text)
join bed b on b.id = w.bed_id
join resident r on r.id = b.resident_id

-- name: add_plan_setting
-- Settings of a plan for a scope; the row's number is the version of the whole book.
insert into plan_setting (kind, area, circle, frailty, settings, reason, by_name, at)
values (%(kind)s, %(area)s, %(circle)s, %(frailty)s, %(settings)s, %(reason)s, %(name)s, %(now)s)
returning version
