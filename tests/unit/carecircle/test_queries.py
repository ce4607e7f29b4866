import pytest

from carecircle.db.queries import Queries
from carecircle.errors import Misconfigured


def test_every_query_has_a_purpose_and_a_body() -> None:
    queries = Queries("carecircle_alerts")
    for name in queries.names():
        purpose, *body = queries[name].decode().splitlines()
        assert purpose.startswith("-- "), name
        assert any(line.strip() for line in body), name


def test_an_unknown_name_fails_at_once() -> None:
    with pytest.raises(Misconfigured, match="no query named forgotten"):
        Queries("carecircle_alerts")["forgotten"]
