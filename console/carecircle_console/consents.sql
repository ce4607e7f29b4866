-- name: consent_texts
-- The words that people agree to now, by purpose and language.
select t.purpose, t.version, t.language, t.wording, t.published_at, t.by_name
from consent_text t
where t.version = (select max(n.version) from consent_text n where n.purpose = t.purpose)
    and (%(purpose)s::text is null or t.purpose = %(purpose)s)
order by t.purpose, t.language

-- name: consent_text
-- The words of one version.
select t.purpose, t.version, t.language, t.wording, t.published_at, t.by_name
from consent_text t where t.purpose = %(purpose)s and t.version = %(version)s
order by t.language

-- name: consents_of
-- What one person has said, newest first; `is_current` marks what counts for each purpose. The caller checks the scope.
select e.id, e.at, e.subject_kind, e.subject_id, e.purpose, e.about, f.name as about_name, e.given, e.since,
    e.text_version, e.how, e.by_name, e.note,
    not exists (
        select from consent_entry n
        where n.subject_kind = e.subject_kind and n.subject_id = e.subject_id and n.purpose = e.purpose
            and n.about = e.about and n.id > e.id
    ) as is_current
from consent_entry e
left join family_member f on f.id = e.about
where e.subject_kind = %(kind)s and e.subject_id = %(id)s
order by e.id desc
limit 500

-- name: consent_subject_area
-- Whether the person whose consent it is belongs to an area.
select
    exists (
        select from bed b where %(kind)s = 'resident' and b.resident_id = %(id)s
            and starts_with(b.division_code, %(area)s)
    )
    or exists (
        select from responder p where %(kind)s = 'responder' and p.id = %(id)s and starts_with(p.area_code, %(area)s)
    )
    or exists (
        select from kinship k join bed b on b.resident_id = k.resident_id
        where %(kind)s = 'family_member' and k.family_member_id = %(id)s and starts_with(b.division_code, %(area)s)
    ) as is_in

-- name: consents_about_relative
-- What residents have said about one relative, newest first: what that relative may know of them.
select e.id, e.at, e.subject_kind, e.subject_id, e.purpose, e.about, f.name as about_name, e.given, e.since,
    e.text_version, e.how, e.by_name, e.note,
    not exists (
        select from consent_entry n
        where n.subject_kind = e.subject_kind and n.subject_id = e.subject_id and n.purpose = e.purpose
            and n.about = e.about and n.id > e.id
    ) as is_current
from consent_entry e
join kinship k on k.resident_id = e.subject_id and k.family_member_id = e.about
left join family_member f on f.id = e.about
where e.subject_kind = 'resident' and e.about = %(relative)s
order by e.id desc
limit 500
