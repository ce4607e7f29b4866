"""Memory: how Python's collector of cycles is set for a process that makes and drops many records at once."""

import gc

_ALLOCATIONS = 100_000


def calm_collector() -> None:
    """Look for cycles after 100,000 new containers instead of 700.

    Each batch unfolds hundreds of beds into thousands of records without cycles, which go when their last user goes;
    looking through them again and again took 10 to 15 % of the live path (`python -m bench.live`).
    """
    gc.set_threshold(_ALLOCATIONS, 10, 10)
