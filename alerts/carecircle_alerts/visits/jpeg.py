"""JPEG: a picture without what the camera wrote into it: place, time, device, previews, second pictures (pure).

The picture itself is not decoded: segments are walked as ITU-T T.81 lays them out, those for applications and comments
are left out, and what stands behind the end of the picture is dropped.
"""

_SIGN, _START, _END, _SCAN = 0xFF, 0xD8, 0xD9, 0xDA
_APPLICATIONS = range(0xE0, 0xF0)
_COMMENT = 0xFE
# Says how colours were mixed and nothing else; without it some pictures would show in wrong ones.
_ADOBE, _ADOBE_BYTES = b"\xff\xee\x00\x0eAdobe", 16
_RESTARTS = range(0xD0, 0xD8)
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers show and make
_TEMPORARY = 0x01


def without_metadata(jpeg: bytes) -> bytes:
    """The picture alone; raises `ValueError` for what is no whole JPEG."""
    if jpeg[:2] != bytes((_SIGN, _START)):
        raise ValueError("no JPEG")
    kept = [jpeg[:2]]
    at, has_frame, has_scan = 2, False, False
    while True:
        marker, begins = _marker(jpeg, at)
        if marker == _END:
            if not (has_frame and has_scan):
                raise ValueError("a JPEG without a picture")
            return b"".join((*kept, bytes((_SIGN, _END))))
        if marker in {_START, _TEMPORARY} or marker in _RESTARTS:
            raise ValueError("a marker where none can be")
        ends = begins + 2 + _length(jpeg, begins + 2)
        segment = jpeg[begins:ends]
        is_adobe = len(segment) == _ADOBE_BYTES and segment.startswith(_ADOBE)
        if is_adobe or not (marker in _APPLICATIONS or marker == _COMMENT):
            kept.append(segment)
        has_frame = has_frame or marker in _FRAMES
        at = ends
        if marker == _SCAN:
            has_scan = True
            at = _end_of_scan(jpeg, ends)
            kept.append(jpeg[ends:at])


def _marker(jpeg: bytes, at: int) -> tuple[int, int]:
    """The marker at a place and where it begins; fill bytes before it are skipped."""
    if at + 1 >= len(jpeg) or jpeg[at] != _SIGN:
        raise ValueError("no marker where one must be")
    while jpeg[at + 1] == _SIGN:
        at += 1
        if at + 1 >= len(jpeg):
            raise ValueError("cut short")
    return jpeg[at + 1], at


def _length(jpeg: bytes, at: int) -> int:
    length = int.from_bytes(jpeg[at : at + 2], "big")
    if length < 2 or at + length > len(jpeg):  # noqa: PLR2004 - the length counts its own two bytes
        raise ValueError("cut short")
    return length


def _end_of_scan(jpeg: bytes, at: int) -> int:
    """Where the next marker stands that is no part of the compressed picture."""
    while True:
        at = jpeg.find(b"\xff", at)
        if at < 0 or at + 1 >= len(jpeg):
            raise ValueError("cut short")
        follows = jpeg[at + 1]
        if follows not in {0x00, _SIGN} and follows not in _RESTARTS:
            return at
        at += 1 if follows == _SIGN else 2
