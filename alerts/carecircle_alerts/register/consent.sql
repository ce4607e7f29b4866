-- name: consent_subject_in_area
-- Whether the person whose consent it is belongs to an area.
select coalesce(
    (
        select min(b.division_code) from bed b join resident r on r.id = b.resident_id
        where %(kind)s = 'resident' and b.resident_id = %(id)s and starts_with(b.division_code, %(area)s)
            and r.erased_at is null
    ),
    (
        select p.area_code from responder p
        where %(kind)s = 'responder' and p.id = %(id)s and starts_with(p.area_code, %(area)s) and p.erased_at is null
    ),
    (
        select min(b.division_code) from kinship k join bed b on b.resident_id = k.resident_id
        where %(kind)s = 'family_member' and k.family_member_id = %(id)s and starts_with(b.division_code, %(area)s)
    )
) as area_code

-- name: hold_kinship
-- Whether this relative is one of the resident's; two changes wait for each other.
select consented_at from kinship where resident_id = %(resident)s and family_member_id = %(relative)s for update

-- name: set_kinship_consent
-- Whether the relative is told, which is what every other query looks at.
update kinship set consented_at = %(since)s where resident_id = %(resident)s and family_member_id = %(relative)s

-- name: remove_photos_of
-- Pictures of a resident, who agrees to them no more.
delete from visit_photo f using incident i, bed b
where f.incident_id = i.id and b.id = i.bed_id and b.resident_id = %(resident)s

-- name: lock_consent
-- Entries about one subject are written one after the other.
select pg_advisory_xact_lock(hashtextextended('consent:' || %(kind)s || ':' || %(id)s, 0))

-- name: newest_consent
-- What somebody has said last.
select given, since from consent_entry
where subject_kind = %(kind)s and subject_id = %(id)s and purpose = %(purpose)s and about = %(about)s
order by id desc limit 1

-- name: newest_consent_text
-- The words that somebody agrees to now.
select max(version) as version from consent_text where purpose = %(purpose)s

-- name: consent_text_exists
-- Whether a purpose had words of this version.
select 1 as found from consent_text where purpose = %(purpose)s and version = %(version)s limit 1

-- name: add_consent_entry
-- Somebody agreed, or withdrew.
insert into consent_entry (
    at, subject_kind, subject_id, purpose, about, given, since, text_version, how, actor, by_name, note
) values (
    %(now)s, %(kind)s, %(id)s, %(purpose)s, %(about)s, %(given)s, %(since)s, %(text_version)s, %(how)s, %(actor)s,
    %(name)s, %(note)s
)

-- name: publish_consent_text
-- New words for a purpose; the version is told when they are entered, for all languages at once.
insert into consent_text (purpose, version, language, wording, published_at, by_name)
select %(purpose)s, 1 + coalesce((select max(version) from consent_text where purpose = %(purpose)s), 0), language,
    wording, %(now)s, %(name)s
from unnest(%(languages)s::text[], %(wordings)s::text[]) as t (language, wording)
returning version
