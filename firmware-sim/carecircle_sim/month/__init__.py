"""A month of a bureau: what administrators' figures are made of, with everything known that a judge needs.

Homes say nothing here: this is the month as it stands in the platform's books, written down from what happened, so that
a figure that the platform shows can be counted a second time from the truth.
"""

from carecircle_sim.month.people import Bed, Bureau, Device, Provider, build_bureau
from carecircle_sim.month.story import Alarm, Arrivals, Call, Month, Reading, live_through, watch

__all__ = [
    "Alarm",
    "Arrivals",
    "Bed",
    "Bureau",
    "Call",
    "Device",
    "Month",
    "Provider",
    "Reading",
    "build_bureau",
    "live_through",
    "watch",
]
