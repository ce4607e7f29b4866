"""Identity of homes and incidents: credentials and ids that are derived, so that nothing needs a list (pure)."""

import hashlib
import hmac
from uuid import UUID, uuid5

_INCIDENT_NAMESPACE = UUID("6f0c7a52-3d51-4a0e-9f0b-5e6d6f2b9c11")


def home_password(installation_secret: str, bed_id: str, generation: int = 0) -> str:
    """Broker password of a home in an installation that made its own secret (demo and compose).

    `generation` counts pairings and rotations; a home that was never paired has 0.
    HMAC-SHA256, 128 bits in hex: knowing one home's password tells nothing about another's.
    """
    name = f"home:{bed_id}" if generation == 0 else f"home:{bed_id}:{generation}"
    mac = hmac.new(installation_secret.encode(), name.encode(), hashlib.sha256)
    return mac.hexdigest()[:32]


def incident_id(bed_id: str, kind: str, evidence_key: str) -> UUID:
    """Id that every process gives to the incident opened by the same evidence.

    `evidence_key` names the message, such as `button1/3/1842`. The lifeline raises the same id without asking the
    database, so that the commit that comes later joins it.
    """
    return uuid5(_INCIDENT_NAMESPACE, f"{bed_id}/{kind}/{evidence_key}")
