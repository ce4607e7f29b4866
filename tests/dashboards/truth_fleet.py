"""The true figures of the fleet."""

from datetime import timedelta

from carecircle_sim.month import Bed, Device
from tests.dashboards.lens import Lens, grouped, last_first, percentile
from tests.dashboards.truth_circle import Truth
from tests.dashboards.viewer import Row


def is_silent(bed: Bed) -> bool:
    return bed.heard_s_ago is None or bed.heard_s_ago > 900


def is_protected(bed: Bed) -> bool:
    return not is_silent(bed) and bed.protection == "yes"


def is_low(device: Device) -> bool:
    return device.battery is not None and device.battery < 20


def devices(beds: list[Bed]) -> list[Device]:
    return [device for bed in beds for device in bed.devices]


def _share(beds: list[Bed]) -> float | None:
    return sum(map(is_protected, beds)) / len(beds) if beds else None


def _untested(lens: Lens) -> list[Row]:
    since = lens.now - timedelta(days=7)
    tested = {bed for bed, at in lens.world.month.press_tests if at > since}
    return [(sum(bed.id not in tested for bed in lens.in_area),)]


def _days(lens: Lens) -> list[tuple[object, list[Bed]]]:
    if not lens.in_area:
        return []
    return [(day, lens.in_area) for day, _ in sorted(lens.world.samples) if lens.start <= day <= lens.end]


def _protected_by_day(lens: Lens) -> list[Row]:
    return [
        (
            day,
            sum(map(is_protected, beds)) / len(beds),
            sum(not is_silent(bed) and bed.protection == "partly" for bed in beds) / len(beds),
            sum(map(is_silent, beds)) / len(beds),
        )
        for day, beds in _days(lens)
    ]


def _devices_by_day(lens: Lens) -> list[Row]:
    return [
        (
            day,
            sum(not device.is_alive for device in devices(beds)) / len(devices(beds)),
            sum(map(is_low, devices(beds))) / len(devices(beds)),
        )
        for day, beds in _days(lens)
    ]


def _ranking(lens: Lens) -> list[Row]:
    rows = []
    for place, beds in grouped(lens.in_area, lambda bed: lens.place(bed.id)).items():
        here = devices(beds)
        figures = (
            len(beds), _share(beds), sum(map(is_silent, beds)), len(here),
            sum(not device.is_alive for device in here), sum(map(is_low, here)),
        )  # fmt: skip
        rows.append((place, lens.name(place), *figures, *lens.placed(place)))
    return sorted(rows, key=lambda row: (last_first(row[3]), -row[4], row[0]))


def _models(lens: Lens) -> list[Row]:
    kinds = grouped(devices(lens.in_area), lambda device: (device.model, device.firmware))
    rows = [
        (
            model,
            firmware,
            len(here),
            sum(device.is_alive for device in here) / len(here),
            percentile((device.battery for device in here), 0.5),
        )
        for (model, firmware), here in kinds.items()
    ]
    return sorted(rows, key=lambda row: (row[3], -row[2], row[0], row[1]))


def _batteries(lens: Lens) -> list[Row]:
    known = [device.battery for device in devices(lens.in_area) if device.battery is not None]
    return [
        (f"{low}–{100 if low == 90 else low + 9}", sum(min(battery // 10 * 10, 90) == low for battery in known))
        for low in range(0, 100, 10)
    ]


def _silent_longest(lens: Lens) -> list[Row]:
    silent = sorted(
        filter(is_silent, lens.in_area),
        key=lambda bed: (bed.heard_s_ago is not None, -(bed.heard_s_ago or 0), bed.id),
    )
    rows: list[Row] = []
    for bed in silent[:50]:
        heard_at = None if bed.heard_s_ago is None else lens.world.month.now - timedelta(seconds=bed.heard_s_ago)
        age = None if heard_at is None else (lens.now - heard_at).total_seconds()
        rows.append((bed.id, lens.name(bed.division[:6]), bed.circle, heard_at, age))
    return rows


FLEET: dict[str, Truth] = {
    "受到完整防护的床位": lambda lens: [(_share(lens.in_area),)],
    "静默床位": lambda lens: [(sum(map(is_silent, lens.in_area)),)],
    "没有存活证据的设备": lambda lens: [(sum(not device.is_alive for device in devices(lens.in_area)),)],
    "低电量设备": lambda lens: [(sum(map(is_low, devices(lens.in_area))),)],
    "超过 7 天未试按的床位": _untested,
    "设备总数": lambda lens: [(len(devices(lens.in_area)),)],
    "逐日：受防护与静默的床位": _protected_by_day,
    "逐日：没有存活证据与低电量的设备": _devices_by_day,
    "区划：防护最差的在前": _ranking,
    "型号 × 固件": _models,
    "电量分布": _batteries,
    "静默最久的床位": _silent_longest,
}
