"""`python -m carecircle.runtime`: fetches the private runtime by itself, while the bootstrap installs Python packages.

Runs on the system's Python before any dependency is installed (I/O). One line of progress at a time on standard output;
the last line is the folder.
"""

import sys

from carecircle.errors import CareCircleError
from carecircle.runtime.install import ensure_runtime
from carecircle.runtime.progress import Progress


def main() -> int:
    """Fetch it; 0 when it is there, 2 with one sentence on standard error when it cannot be."""
    last = ""

    def report(progress: Progress) -> None:
        nonlocal last
        line = str(progress)
        if line != last:
            print(line, flush=True)  # noqa: T201 - this is the command's output
            last = line

    try:
        runtime = ensure_runtime(report)
    except CareCircleError as error:
        print(f"carecircle: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print(runtime.folder)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
