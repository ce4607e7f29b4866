"""OpenAPI: writes docs/api/openapi.json, for typed clients; `python -m carecircle_console.openapi FILE`.

A test holds the file equal to the code, so that a change of the interface is seen where it is reviewed.
"""

import json
import sys
from pathlib import Path

from pydantic import SecretStr

from carecircle_console.app import create_app
from carecircle_console.settings import ConsoleSettings


def openapi_document() -> str:
    """The description of the interface as JSON text; needs neither a database nor settings from outside."""
    nowhere = SecretStr("postgresql://nowhere")
    settings = ConsoleSettings(
        database_url=nowhere,
        desk_database_url=nowhere,
        link_secret=SecretStr("only to describe the interface"),
        log_format="console",
        console_host="127.0.0.1",
        console_port=8080,
        public_url="http://127.0.0.1:8080",
        staff_session_hours=12,
        phone_session_days=30,
    )
    return json.dumps(create_app(settings).openapi(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(openapi_document(), encoding="utf-8")
