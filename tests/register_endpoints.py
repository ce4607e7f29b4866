"""Endpoints of the register: what the matrix of scopes lists, and the register's own tests hold."""

_ONE = (("GET", ""), ("PUT", ""), ("POST", "/end"), ("POST", "/resume"))
REGISTER = {
    "POST /api/imports/{kind}",
    "POST /api/imports/{import_id}/undo",
    "GET /api/imports/{kind}/template.csv",
    "GET /api/exports/{kind}.csv",
    "POST /api/register/homes",
    "POST /api/register/providers",
    "GET /api/register/homes/{bed_id}/devices",
    *(f"{method} /api/register/homes/{{bed_id}}{step}" for method, step in _ONE),
    *(f"{method} /api/register/providers/{{provider_id}}{step}" for method, step in _ONE),
}
REGISTER_LISTS = {
    f"GET /api/{what}": frozenset({"administrator"})
    for what in ("register/homes", "register/providers", "register/areas", "imports")
}
