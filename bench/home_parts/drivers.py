"""How many recorded messages of how many families the drivers read as they should: the tests' own corpus, counted."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

_CASES = Path(__file__).parents[2] / "tests/unit/gateway/cases"
_TEST = "tests/unit/gateway/test_driver_cases.py"


def count_cases() -> dict[str, object]:
    """Run the corpus, and count the cases of each family."""
    families = Counter({file.stem: len(json.loads(file.read_text())) for file in sorted(_CASES.glob("*.json"))})
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", _TEST, "-k", "recorded"],
        capture_output=True,
        text=True,
        check=False,
        cwd=_CASES.parents[3],
    )
    failures = sum(line.startswith("FAILED") for line in run.stdout.splitlines())
    if run.returncode not in {0, 1}:
        raise SystemExit(run.stdout + run.stderr)
    return {"driver_cases": families.total(), "driver_failures": failures, "driver_families": dict(families)}
