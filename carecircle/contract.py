"""The published contract: JSON Schemas of the payloads, for whoever builds a device or a gateway (I/O in `main`).

`python -m carecircle.contract` writes docs/contract/ anew; a test fails while the files differ from the models.
"""

import json
import sys
from pathlib import Path

from carecircle.payloads import MAX_PAYLOAD_BYTES, SCHEMAS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFAULT_FOLDER = Path("docs/contract")


def render_schemas() -> dict[str, str]:
    """The text of every schema file by its name; topic and size limit stand in the schema's `$comment`."""
    files = {}
    for name, model in SCHEMAS.items():
        place = f"Topic care/v1/{{county}}/{{bed}}/{{device}}/{name}; at most {MAX_PAYLOAD_BYTES} bytes of UTF-8."
        schema = {"$schema": _DIALECT, "$comment": place, **model.model_json_schema()}
        files[f"{name}.json"] = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    return files


def main() -> None:
    """Write the schemas into the folder named on the command line, docs/contract without one."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _DEFAULT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in render_schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
