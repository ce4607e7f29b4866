"""The written description of the console's interface is what the console does."""

import json
from pathlib import Path

from carecircle_console.openapi import openapi_document

WRITTEN = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"


def test_the_written_description_is_current() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == openapi_document(), (
        "the interface has changed: python -m carecircle_console.openapi docs/api/openapi.json"
    )


def test_every_time_is_marked_as_one_and_every_failure_has_one_shape() -> None:
    described = json.loads(openapi_document())
    schemas = described["components"]["schemas"]
    assert schemas["Incident"]["properties"]["opened_at"] == {
        "type": "string", "format": "date-time", "title": "Opened At",
    }  # fmt: skip
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            failure = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert failure == {"$ref": "#/components/schemas/Failure"}, (method, path)
    assert "text/event-stream" in described["paths"]["/api/stream"]["get"]["responses"]["200"]["content"]
