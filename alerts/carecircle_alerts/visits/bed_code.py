"""Bed code: a short number on a label at the bed; who can say it has stood there (pure).

It derives from the installation's secret, so that none is stored; a label that was photographed is replaced by
counting up its generation.
"""

import hashlib
import hmac

DIGITS = 6
# Six digits are a million codes; with five wrong ones in ten minutes nobody finds one (engineering proposal).
MOST_WRONG, WITHIN_S = 5, 600


def bed_code(secret: str, bed_id: str, generation: int) -> str:
    """The code of a bed's present label: six digits."""
    mac = hmac.digest(secret.encode(), f"bed-code:{generation}:{bed_id}".encode(), hashlib.sha256)
    return f"{int.from_bytes(mac[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def is_bed_code(secret: str, bed_id: str, generation: int, said: str) -> bool:
    """Whether this is what the label says; spaces and dashes between the digits do not matter."""
    digits = "".join(sign for sign in said if sign not in " -\u3000")
    return hmac.compare_digest(digits.encode(), bed_code(secret, bed_id, generation).encode())
