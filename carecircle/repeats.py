"""Repeats: how long somebody who got no answer waits before saying it again (pure; the generator is given).

Everybody who repeats until an answer comes waits longer each time. A platform that is slow for a moment would otherwise
get every call again at a fixed beat, and the more of it the slower it is, until the broker has nothing but repeats.
"""

from random import Random

GROWTH = 2.0
JITTER = 0.2
_MOST_DOUBLINGS = 16


def repeat_wait_s(attempts: int, first_s: float, longest_s: float, random: Random) -> float:
    """Seconds to the next repeat after `attempts` earlier ones: `first_s`, then twice as long each time to `longest_s`.

    All up to 20 % later by chance, so that homes that came back together do not knock together.
    """
    wait = min(first_s * GROWTH ** min(attempts, _MOST_DOUBLINGS), max(first_s, longest_s))
    # Never earlier than the interval itself: only the later side is left to chance.
    return wait * (1 + JITTER * random.random())
