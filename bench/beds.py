"""Beds for measurements: one division, and as many beds in it as are asked for."""

AREAS = """
insert into area (code, name) values ('63', 'x'), ('6301', 'x'), ('630102', 'x'), ('630102001', 'x'),
    ('630102001001', 'x');
"""
_BEDS = """
insert into resident (id, name) select 'r' || n, 'x' from generate_series({first}, {last}) n;
insert into bed (id, resident_id, county, division_code, address, circle, terrain, altitude_m)
select 'bed-' || n, 'r' || n, '630102', '630102001001', 'x', 'urban', 'city', 2260
from generate_series({first}, {last}) n;
"""


def beds_sql(last: int, first: int = 1) -> str:
    """Statements that make the beds `bed-first` to `bed-last`, each with its resident; the areas have to be there."""
    return _BEDS.format(first=first, last=last)
