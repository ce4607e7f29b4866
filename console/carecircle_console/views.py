"""Views: the JSON of beds, people and what concerns one person (pure)."""

from typing import Literal, Self
from uuid import UUID

from carecircle_alerts.incident import AssignmentState, Kind, OfferState
from carecircle_console.alarm_views import Alarm
from carecircle_console.wire import Candidate, Entry, Incident, Message, Time, Wire


class Offer(Wire):
    """A question to a responder: neither name nor exact address before they accept."""

    id: UUID
    incident_id: UUID
    kind: Kind
    area_name: str
    distance_m: int | None
    travel_p50_s: int | None
    basis: str
    sent_at: Time
    expires_at: Time
    state: OfferState


class MapPlace(Wire):
    """A place as Chinese maps write it (GCJ-02); positions elsewhere are WGS-84."""

    lat: float
    lon: float


class Assignment(Wire):
    """Where a responder is going, and what they need at the door.

    `photos_allowed`: whether the resident agrees to pictures; without it none is taken in.
    """

    id: UUID
    incident_id: UUID
    kind: Kind
    resident_name: str
    address: str
    lat: float | None
    lon: float | None
    on_chinese_maps: MapPlace | None
    phone: str | None
    key_safe: str | None
    hazards: str | None
    state: AssignmentState
    accepted_at: Time
    eta_at: Time
    photos_allowed: bool


class MyOffers(Wire):
    """All that concerns a responder now; `position_at` is the time of the last position that is known of them."""

    offers: tuple[Offer, ...]
    assignment: Assignment | None
    on_duty: bool
    consents: bool
    family_may_call: bool
    position_at: Time | None


class Call(Wire):
    """Whom a relative may call: the centre, or who is on the way and has allowed it."""

    whose: Literal["centre", "helper"]
    name: str
    phone: str


class Relative(Wire):
    """One resident as a relative sees them; `as_of` is the time of the newest evidence, null when there is none.

    `shares_vitals`: whether the resident has agreed that this relative sees what was measured.
    """

    resident_id: str
    resident_name: str
    relation: str
    shares_vitals: bool
    sentence: str
    as_of: Time | None
    incident: Incident | None
    calls: tuple[Call, ...]


class Bed(Wire):
    """A bed; a value that is no longer fresh is null. `protection` is null for a bed that was never heard of."""

    id: str
    resident_name: str
    address: str
    lat: float | None
    lon: float | None
    county: str
    county_name: str
    circle: Literal["urban", "rural", "herding"]
    last_seen_at: Time | None
    in_bed: bool | None
    heart_rate: float | None
    respiratory_rate: float | None
    spo2: float | None
    protection: Literal["yes", "partly", "no"] | None
    open_incident_id: UUID | None


class Vital(Wire):
    """The last value of one metric, however old: show its age."""

    metric: str
    value: float | bool
    unit: str
    measured_at: Time


class Device(Wire):
    """A device at a bed; `battery` in percent."""

    id: str
    model: str
    last_seen_at: Time | None
    battery: float | None


class Contact(Wire):
    """A relative who may be called; `place` is their turn, the same for all where nobody has put them in order."""

    name: str
    relation: str
    phone: str | None
    place: int


class Whereabouts(Wire):
    """Where the resident is, as the sensors tell: `bed`, `home`, `perhaps_out` or `unknown`."""

    place: Literal["bed", "home", "perhaps_out", "unknown"]
    asleep: bool
    since: Time | None
    seen_at: Time | None


class Capability(Wire):
    """What one device protects from: its last proof of life, for how long that counts, and why it does not hold."""

    capability: str
    device: str
    holds: bool
    why: str
    heard_at: Time | None
    valid_s: int


class Protection(Wire):
    """Whether the bed was protected at a moment: `yes`, `partly` or `no`, and by what."""

    state: Literal["yes", "partly", "no"]
    at: Time
    capabilities: tuple[Capability, ...]


class BedDetail(Wire):
    """A bed with all that is known of it now; `whereabouts` and `protection` are null until it was first heard."""

    bed: Bed
    whereabouts: Whereabouts | None
    protection: Protection | None
    vitals: tuple[Vital, ...]
    devices: tuple[Device, ...]
    contacts: tuple[Contact, ...]


class IncidentDetail(Wire):
    """Everything about one incident, for the centre. `alarms`: what rules have found that belongs to it, and why."""

    incident: Incident
    timeline: tuple[Entry, ...]
    candidates: tuple[Candidate, ...]
    messages: tuple[Message, ...]
    alarms: tuple[Alarm, ...]


class Responder(Wire):
    """Somebody who could be sent; a position only with their consent."""

    id: str
    name: str
    role: str
    provider_name: str | None
    lat: float | None
    lon: float | None
    on_duty: bool
    busy: bool
    position_at: Time | None


class QuarantineReason(Wire):
    """How many messages could not be read for one reason."""

    reason: str
    count: int
    last_at: Time


class QuarantinedMessage(Wire):
    """A message that could not be read, without its content."""

    id: str
    received_at: Time
    topic: str
    reason: str
    detail: str
    payload_bytes: int


class Quarantine(Wire):
    """What could not be read."""

    total: int
    by_reason: tuple[QuarantineReason, ...]
    latest: tuple[QuarantinedMessage, ...]


class Home(Wire):
    """The box of a bed: which account is in force, and whether a code is open for it."""

    bed_id: str
    generation: int
    rotates: bool
    paired_at: Time | None
    rotated_at: Time | None
    revoked_at: Time | None
    code_expires_at: Time | None


class PairingCode(Wire):
    """A code for a box, to be typed in within its time; it is not shown again. `qr_svg` is the code for a scanner."""

    bed_id: str
    code: str
    qr_svg: str
    expires_at: Time


class HomeAccount(Wire):
    """All that a box needs to reach the platform; `ca_certificate` is PEM, where the broker has its own authority."""

    county: str
    bed_id: str
    user: str
    password: str
    mqtt_url: str
    ca_certificate: str | None


class BrokerAnswer(Wire):
    """As EMQX 5 wants to be answered."""

    result: Literal["allow", "deny", "ignore"]
    is_superuser: bool = False

    @classmethod
    def of(cls, verdict: bool | None) -> Self:  # noqa: FBT001 - yes, no, and not ours to say
        """From yes, no, or None for what another has to answer."""
        return cls(result="ignore" if verdict is None else "allow" if verdict else "deny")
