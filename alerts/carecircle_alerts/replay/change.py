"""Change: a file that says which settings of which rules would be others, with helpful errors (I/O)."""

import json
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from carecircle.errors import Misconfigured
from carecircle_alerts.rules.settings import Override, checked


class _One(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str
    scope: str = Field("", description="'' for everybody, a division code, or a bed")
    settings: dict[str, object]


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    change: list[_One] = Field(min_length=1)


def read_change(path: Path) -> list[Override]:
    """Read `[[change]]` tables with rule, scope and settings, as TOML or JSON.

    Raises `Misconfigured` for what there is not.
    """
    try:
        text = path.read_text("utf-8")
        read = _Change.model_validate(json.loads(text) if path.suffix == ".json" else tomllib.loads(text))
    except (OSError, tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise Misconfigured(f"{path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Misconfigured(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return [Override(one.rule, one.scope, checked(one.rule, one.settings)) for one in read.change]
