"""Views: the JSON of the register: beds at home, devices, providers and areas, and of the commands on them (pure)."""

from typing import Annotated, Literal

from pydantic import Field

from carecircle_console.account_views import AreaCode, Version
from carecircle_console.people_views import Circle, Frailty, Reason
from carecircle_console.wire import Time, Wire

RegisterState = Literal["active", "ended", "all"]
ObjectId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
Text = Annotated[str, Field(max_length=600)]
Channel = Literal["webhook", "email", "web_push", "sms", "voice", "wecom", "dingtalk", "feishu", "wechat", "apprise"]
Terrain = Literal["city", "valley", "mountain"]
Degrees = Annotated[float, Field(allow_inf_nan=False)]


class HomeLine(Wire):
    """A bed in the list. `devices` is how many are registered, `last_seen_at` the last sign of life of any."""

    bed_id: str
    resident_name: str
    address: str
    division_code: str
    area_name: str | None
    circle: Circle
    provider_id: str | None
    provider_name: str | None
    frailty: Frailty
    has_position: bool
    last_seen_at: Time | None
    ended_at: Time | None
    version: int
    devices: int


class HomePage(Wire):
    """A page of beds, by area and number; `next` is `after` of the page behind it, null on the last."""

    homes: tuple[HomeLine, ...]
    next: str | None


class WayForm(Wire):
    """One way to reach a relative; `id` null is a new one."""

    id: int | None = None
    channel: Channel
    address: Annotated[str, Field(max_length=2000)]


class RelativeForm(Wire):
    """A relative; `id` null is a new one. `ways` in the order in which they are tried, null: as they are."""

    id: str | None = None
    name: Text
    relation: Text
    phone: Text | None = None
    ways: tuple[WayForm, ...] | None = None


class HomeFields(Wire):
    """A bed at home with its resident; positions in WGS-84 degrees, the height in metres above sea level."""

    division_code: AreaCode
    address: Text
    circle: Circle
    terrain: Terrain
    altitude_m: int
    provider_id: ObjectId | None = None
    lat: Degrees | None = None
    lon: Degrees | None = None
    resident_name: Text
    birth_year: int | None = None
    phone: Text | None = None
    key_safe: Text | None = None
    hazards: Text | None = None
    frailty: Frailty = "unknown"
    relatives: tuple[RelativeForm, ...] | None = None


class HomeToMake(HomeFields):
    """A new bed; without a number it is given one."""

    bed_id: ObjectId = ""
    reason: Reason


class HomeToChange(HomeFields):
    """All of what a bed is from now on, made on `version`; another version meanwhile is 409."""

    version: Version
    reason: Reason


class RegisterStep(Wire):
    """Why, and on which version."""

    version: Version
    reason: Reason


class HeldWay(Wire):
    """One way to reach a relative, and whether it works."""

    id: int
    channel: Channel
    address: str
    enabled: bool
    failures: int
    verified_at: Time | None


class HeldRelative(Wire):
    """A relative, in the order in which they are called. `consented_at` null: the resident has not agreed to it."""

    id: str
    name: str
    relation: str
    phone: str | None
    consented_at: Time | None
    ways: tuple[HeldWay, ...]


class RegisteredHome(Wire):
    """A bed with its resident and relatives, as the form shows it; `version` goes back with a change."""

    bed_id: str
    resident_id: str
    division_code: str
    address: str
    circle: Circle
    terrain: Terrain
    altitude_m: int
    provider_id: str | None
    lat: float | None
    lon: float | None
    resident_name: str
    birth_year: int | None
    phone: str | None
    key_safe: str | None
    hazards: str | None
    frailty: Frailty
    version: int
    created_at: Time
    ended_at: Time | None
    erased_at: Time | None
    relatives: tuple[HeldRelative, ...]


class RegisteredDevice(Wire):
    """A device of a bed and the last that was heard of it; `battery` in percent."""

    id: str
    model: str
    label: str
    last_seen_at: Time | None
    online: bool | None
    battery: float | None


class RegisteredBox(Wire):
    """The box of a bed and its devices. `code_expires_at`: until when a pairing code is open."""

    paired_at: Time | None
    revoked_at: Time | None
    last_seen_at: Time | None
    code_expires_at: Time | None
    ended_at: Time | None
    devices: tuple[RegisteredDevice, ...]


class ProviderFields(Wire):
    """What a provider is; a position in WGS-84 degrees, `out_at_once` null: no limit."""

    name: Text
    kind: Literal["station", "mutual_aid_home", "call_centre"]
    area_code: AreaCode
    lat: Degrees
    lon: Degrees
    phone: Text | None = None
    out_at_once: Annotated[int, Field(le=1000)] | None = None
    skills: tuple[Literal["first_aid", "lifting", "nursing", "fire_safety", "repair"], ...] = ()


class ProviderToMake(ProviderFields):
    """A new provider; without a number it is given one."""

    provider_id: ObjectId = ""
    reason: Reason


class ProviderToChange(ProviderFields):
    """All of what a provider is from now on, made on `version`."""

    version: Version
    reason: Reason


class RegisteredProvider(ProviderFields):
    """A provider with how many beds in service and how many people belong to it."""

    provider_id: str
    area_name: str | None
    version: int
    ended_at: Time | None
    beds: int
    people: int


class ProviderPage(Wire):
    """A page of providers, by name; `next` is `after` of the page behind it."""

    providers: tuple[RegisteredProvider, ...]
    next: str | None


class AreaOnPath(Wire):
    """A division on the way down to another one."""

    code: str
    name: str
    level: int


class AreaLine(AreaOnPath):
    """A division with its beds in service; `has_more`: divisions lie below it."""

    beds: int
    has_more: bool


class AreaLevel(Wire):
    """The divisions right below one, and the way to it."""

    path: tuple[AreaOnPath, ...]
    areas: tuple[AreaLine, ...]
