"""Endpoints of the register: what the matrix of scopes lists, and the register's own tests hold."""

_ONE = (("GET", ""), ("PUT", ""), ("POST", "/end"), ("POST", "/resume"))
REGISTER = {
    "POST /api/register/homes",
    "POST /api/register/providers",
    "GET /api/register/homes/{bed_id}/devices",
    *(f"{method} /api/register/homes/{{bed_id}}{step}" for method, step in _ONE),
    *(f"{method} /api/register/providers/{{provider_id}}{step}" for method, step in _ONE),
}
REGISTER_LISTS = {f"GET /api/register/{what}": frozenset({"administrator"}) for what in ("homes", "providers", "areas")}
