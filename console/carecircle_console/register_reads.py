"""Register reads: beds, devices, providers and areas as administrators see them, always within an area (I/O)."""

import base64
import binascii
import json
from datetime import datetime

from carecircle.errors import NotFound
from carecircle_console.account_reads import like
from carecircle_console.errors import BadRequest
from carecircle_console.register_views import (
    AreaLevel,
    AreaLine,
    AreaOnPath,
    HomeLine,
    HomePage,
    ProviderPage,
    RegisteredBox,
    RegisteredDevice,
    RegisteredProvider,
)
from carecircle_console.store import Store

# How many digits a division of each level has.
_DIGITS = (0, 2, 4, 6, 9, 12)


async def home_page(
    store: Store, area: str, *, search: str, provider: str | None, state: str, after: str, most: int
) -> HomePage:
    """One page of beds of an area."""
    after_area, after_bed = _unpacked(after)
    plain = "".join(search.split())
    wanted = {"search": plain, "like": like(plain)} if plain else {}
    rows = await store.fetch(
        "register_homes_found" if plain else "register_homes", area=area, provider=provider, state=state,
        after_area=after_area, after=after_bed, most=most + 1, **wanted,
    )  # fmt: skip
    shown = tuple(HomeLine.model_validate(row) for row in rows[:most])
    return HomePage(homes=shown, next=_packed(shown[-1].division_code, shown[-1].bed_id) if len(rows) > most else None)


async def box(store: Store, bed: str, area: str, now: datetime) -> RegisteredBox:
    """The box of a bed and its devices; raises `NotFound`."""
    rows = await store.fetch("register_box", bed=bed, area=area, now=now)
    if not rows:
        raise NotFound("没有这个床位，或不在您的可见范围内")
    found = await store.fetch("register_devices", bed=bed, area=area)
    devices = tuple(RegisteredDevice.model_validate(row) for row in found)
    return RegisteredBox.model_validate(rows[0] | {"devices": devices})


async def provider_page(store: Store, area: str, *, search: str, state: str, after: str, most: int) -> ProviderPage:
    """One page of providers of an area."""
    after_name, after_id = _unpacked(after)
    rows = await store.fetch(
        "register_providers", area=area, id=None, state=state, like=like(search), after_name=after_name,
        after=after_id, most=most + 1,
    )  # fmt: skip
    shown = tuple(RegisteredProvider.model_validate(row) for row in rows[:most])
    return ProviderPage(
        providers=shown, next=_packed(shown[-1].name, shown[-1].provider_id) if len(rows) > most else None
    )


async def provider(store: Store, provider_id: str, area: str) -> RegisteredProvider:
    """One provider of an area; raises `NotFound`."""
    rows = await store.fetch(
        "register_providers", area=area, id=provider_id, state="all", like="%", after_name="", after="", most=1
    )
    if not rows:
        raise NotFound("没有这个服务机构，或不在您的可见范围内")
    return RegisteredProvider.model_validate(rows[0])


async def areas(store: Store, parent: str, area: str) -> AreaLevel:
    """The divisions right below one; what lies beside the administrator's own area is not there."""
    if not parent.startswith(area):
        raise NotFound("没有这个区域，或不在您的可见范围内")
    path = await store.fetch("register_area_path", code=parent)
    deeper = [digits for digits in _DIGITS if digits > len(parent)]
    rows = await store.fetch("register_areas", parent=parent, area=area, digits=deeper[0]) if deeper else []
    return AreaLevel(
        path=tuple(AreaOnPath.model_validate(row) for row in path),
        areas=tuple(AreaLine.model_validate(row) for row in rows),
    )


def _packed(first: str, second: str) -> str:
    """Where a page ended, for the address of the next."""
    return base64.urlsafe_b64encode(json.dumps([first, second], ensure_ascii=False).encode()).decode().rstrip("=")


def _unpacked(after: str) -> tuple[str, str]:
    if not after:
        return "", ""
    try:
        first, second = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, binascii.Error, TypeError) as error:
        raise BadRequest("翻页位置无效，请从第一页开始") from error
    return str(first).replace("\0", ""), str(second).replace("\0", "")
