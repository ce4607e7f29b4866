-- name: plan_settings_of_bed
-- What decides about the plan of a bed for a kind: where it is, who lives there, and the newest settings that apply.
select b.circle, b.division_code, r.frailty,
    coalesce(
        (
            select jsonb_agg(to_jsonb(l))
            from (
                select distinct on (s.kind, s.area, s.circle, s.frailty)
                    s.version, s.kind, s.area, s.circle, s.frailty, s.settings, s.reason
                from plan_setting s
                where s.kind in (%(kind)s, %(family)s) and starts_with(b.division_code, s.area)
                    and s.circle in ('', b.circle) and s.frailty in ('', r.frailty)
                order by s.kind, s.area, s.circle, s.frailty, s.version desc
            ) l
        ), '[]'
    ) as layers
from bed b join resident r on r.id = b.resident_id
where b.id = %(bed_id)s

-- name: add_plan_setting
-- Settings of a plan for a scope; the row's number is the version of the whole book.
insert into plan_setting (kind, area, circle, frailty, settings, reason, by_name, at)
values (%(kind)s, %(area)s, %(circle)s, %(frailty)s, %(settings)s, %(reason)s, %(name)s, %(now)s)
returning version
