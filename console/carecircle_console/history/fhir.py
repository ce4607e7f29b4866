"""FHIR: a resident's readings as a Bundle of R4 Observations, for hospitals and other systems of care (pure).

Codes are LOINC where there is one, units are UCUM; vital signs follow the profile of https://hl7.org/fhir/R4/vitalsigns.
Pressure is one Observation of two components, and oxygen saturation carries the profile's code 2708-6 beside the one
that says how it was measured. What LOINC does not name has a code of our own system.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from carecircle.quantities import QUANTITIES, Quantity

OWN_CODES = "urn:carecircle:quantity"
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_NAMESPACE = UUID("0c7b9a6e-5a0c-4f0f-9f59-6a8f3d6a2f11")
_CHINA = ZoneInfo("Asia/Shanghai")
_PROFILES = "http://hl7.org/fhir/StructureDefinition/"
# Vital signs, each by the name of its profile.
_VITAL_SIGNS = {
    "heart_rate": "heartrate",
    "respiratory_rate": "resprate",
    "spo2": "oxygensat",
    "body_temperature": "bodytemp",
    "systolic_pressure": "bp",
    "body_weight": "bodyweight",
}
_SYSTOLIC, _DIASTOLIC = "systolic_pressure", "diastolic_pressure"

Resource = dict[str, object]


async def write_bundle(
    bed: str, resident: str, made_at: datetime, rows: AsyncIterator[Mapping[str, object]]
) -> AsyncIterator[bytes]:
    """The Bundle, bit by bit: the person first, by number alone, then every reading in time order."""
    patient = _urn(f"patient/{resident}")
    head: Resource = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _time(made_at),
        "entry": [_entry(patient, _patient(patient, resident))],
    }
    yield _text(head).removesuffix("]}").encode()
    async for row in rows:
        yield "".join("," + _text(_entry(str(one["id"]), one)) for one in observations(bed, patient, row)).encode()
    yield b"]}"


def observations(bed: str, patient: str, row: Mapping[str, object]) -> Iterator[Resource]:
    """One Observation for each reading of a row; the two pressures share one."""
    for name, quantity in QUANTITIES.items():
        if name == _DIASTOLIC:
            continue
        if name == _SYSTOLIC:
            if row[_SYSTOLIC] is not None or row[_DIASTOLIC] is not None:
                yield _observation(bed, patient, row, "blood_pressure", _pressure(row))
        elif (value := row[name]) is not None:
            what: Resource = {"category": _category(name), "code": _code(quantity), **_value(quantity, value)}
            yield _observation(bed, patient, row, name, what)


def _observation(bed: str, patient: str, row: Mapping[str, object], name: str, what: Resource) -> Resource:
    measured_at, received_at = row["measured_at"], row["received_at"]
    assert isinstance(measured_at, datetime)
    assert isinstance(received_at, datetime)
    identity = f"{bed}/{row['device']}/{row['boot']}/{row['seq']}/{name}"
    observation: Resource = {
        "resourceType": "Observation",
        "id": _urn(identity),
        "status": "final",
        **what,
        "subject": {"reference": f"urn:uuid:{patient}"},
        "effectiveDateTime": _time(measured_at),
        "issued": _time(received_at),
        "device": {"identifier": {"system": "urn:carecircle:device", "value": f"{bed}/{row['device']}"}},
    }
    profile = _VITAL_SIGNS.get(_SYSTOLIC if name == "blood_pressure" else name)
    if profile is not None:
        observation["meta"] = {"profile": [_PROFILES + profile]}
    if row["quality"] is not None:
        observation["extension"] = [{"url": "urn:carecircle:reading-quality", "valueDecimal": row["quality"]}]
    if row["clock_offset_ms"] is not None:
        observation["note"] = [{"text": f"设备时钟有误，测量时间已校正 {row['clock_offset_ms']} 毫秒"}]
    return observation


def _pressure(row: Mapping[str, object]) -> Resource:
    components: list[Resource] = []
    for name in (_SYSTOLIC, _DIASTOLIC):
        quantity, value = QUANTITIES[name], row[name]
        absent = {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": "not-performed"}]}}
        components.append({"code": _code(quantity), **(absent if value is None else _value(quantity, value))})
    code = {"coding": [{"system": _LOINC, "code": "85354-9"}], "text": "血压"}
    return {"category": _category(_SYSTOLIC), "code": code, "component": components}


def _category(name: str) -> list[Resource]:
    if name in _VITAL_SIGNS:
        code = "vital-signs"
    elif name == "blood_glucose":
        code = "laboratory"
    else:
        return [{"coding": [{"system": OWN_CODES, "code": "surroundings-and-activity"}]}]
    return [{"coding": [{"system": _CATEGORIES, "code": code}]}]


def _code(quantity: Quantity) -> Resource:
    codes = [quantity.loinc] if quantity.loinc else []
    if quantity.name == "spo2":
        codes.insert(0, "2708-6")
    coding = [{"system": _LOINC, "code": code} for code in codes]
    return {"coding": [*coding, {"system": OWN_CODES, "code": quantity.name}], "text": quantity.label}


def _value(quantity: Quantity, value: object) -> Resource:
    if quantity.is_statement:
        return {"valueBoolean": value}
    unit = quantity.unit
    return {"valueQuantity": {"value": value, "unit": unit, "system": _UCUM, "code": unit}}


def _patient(patient: str, resident: str) -> Resource:
    return {
        "resourceType": "Patient",
        "id": patient,
        "identifier": [{"system": "urn:carecircle:resident", "value": resident}],
    }


def _entry(identity: str, resource: Resource) -> Resource:
    return {"fullUrl": f"urn:uuid:{identity}", "resource": resource}


def _urn(name: str) -> str:
    return str(uuid5(_NAMESPACE, name))


def _time(at: datetime) -> str:
    return at.astimezone(_CHINA).isoformat(timespec="milliseconds")


def _text(resource: Resource) -> str:
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
