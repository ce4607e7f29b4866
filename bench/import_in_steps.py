"""How long an answer waits while scipy is read beside it, in one go and in steps; each reading is its own process.

An answer is thirty turns with another process, as a decision's with its database. `p99_ratio` and `worst_ratio` are in
steps over in one go, medians of the runs (less is better). Last line of standard output: one JSON object.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time

RUNS, TURNS = 3, 30


async def answer(other: asyncio.subprocess.Process) -> float:
    """One answer; how long it took in seconds."""
    assert other.stdin is not None
    assert other.stdout is not None
    began = time.perf_counter()
    for _turn in range(TURNS):
        other.stdin.write(b"x" * 64)
        await other.stdin.drain()
        await other.stdout.readexactly(64)
    return time.perf_counter() - began


async def reading(*, in_steps: bool) -> dict[str, float]:
    """Read it in a thread, and answer all the while; times in milliseconds."""
    import carecircle_alerts.service  # noqa: F401 - what an engine has read by then
    from carecircle_alerts import surge

    other = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    before = [await answer(other) for _ in range(30)]
    began = time.perf_counter()
    if not in_steps:
        surge.read_ahead()
    read = asyncio.create_task(surge.prepare())
    during = [await answer(other)]
    while not read.done():
        during.append(await answer(other))
    await read
    took_s = time.perf_counter() - began
    other.kill()
    await other.wait()
    during.sort()
    return {
        "read_ms": took_s * 1000, "before_ms": statistics.median(before) * 1000, "worst_ms": during[-1] * 1000,
        "p99_ms": during[int(len(during) * 0.99)] * 1000,
    }  # fmt: skip


def measured(how: str) -> dict[str, float]:
    """The medians of some processes."""
    command = [sys.executable, "-m", "bench.import_in_steps", how]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(RUNS)]
    return {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}


def main() -> None:
    """Without a word: measure both; with `steps` or `go`: be one of the processes."""
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(reading(in_steps=sys.argv[1] == "steps"))))
        return
    steps, go = measured("steps"), measured("go")
    print("in steps", steps, "in one go", go)
    ratios = {name: round(steps[f"{name}_ms"] / go[f"{name}_ms"], 2) for name in ("p99", "worst", "read")}
    print(json.dumps({f"{name}_ratio": ratio for name, ratio in ratios.items()}))


if __name__ == "__main__":
    main()
