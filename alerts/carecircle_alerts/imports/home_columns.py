"""Columns of a file of beds at home: their names, the words of their codes, and a bed as cells of an export (pure).

A row is a bed with its resident; relatives stand in groups of four columns, in the order in which they are called.
"""

from collections.abc import Mapping, Sequence

from carecircle_alerts.register.home_form import MOST_RELATIVES, HomeRow, RelativeRow

BED: Mapping[str, str] = {
    "bed_id": "床位编号",
    "resident_name": "老人姓名",
    "birth_year": "出生日期",
    "phone": "老人电话",
    "frailty": "失能等级",
    "division_code": "区域代码",
    "address": "详细地址",
    "circle": "服务圈",
    "terrain": "地形",
    "altitude_m": "海拔（米）",
    "lat": "纬度",
    "lon": "经度",
    "datum": "坐标系",
    "provider_id": "机构编号",
    "key_safe": "钥匙位置",
    "hazards": "危险提示",
}
OF_RELATIVE: Mapping[str, str] = {"name": "姓名", "relation": "关系", "phone": "电话", "ways": "通知方式"}
NAMES: Mapping[str, str] = dict(BED) | {
    f"relative_{place}_{name}": f"家属{place}{title}"
    for place in range(1, MOST_RELATIVES + 1)
    for name, title in OF_RELATIVE.items()
}
NEEDED = ("resident_name", "division_code", "address", "circle", "terrain", "altitude_m")
"""Without these there is no bed; a file that only changes beds need not have them."""
CIRCLES = {"urban": "城市呼叫服务圈", "rural": "农村互助服务圈", "herding": "牧区服务圈"}
TERRAINS = {"city": "城镇", "valley": "川水", "mountain": "山区"}
FRAILTIES = {
    "unknown": "未评估", "able": "能力完好", "semi_disabled": "半失能", "disabled": "失能",
    "severely_disabled": "重度失能",
}  # fmt: skip
WAYS = {"sms": "短信", "voice": "语音电话"}
DATUMS = {"wgs84": "WGS-84", "gcj02": "GCJ-02"}
CHOICES: Mapping[str, Mapping[str, str]] = {"circle": CIRCLES, "terrain": TERRAINS, "frailty": FRAILTIES}
ALSO = {
    "城市": "urban", "城区": "urban", "农村": "rural", "乡村": "rural", "牧区": "herding", "平地": "city",
    "市区": "city",
    "河谷": "valley", "脑山": "mountain", "浅山": "mountain", "高山": "mountain", "不详": "unknown", "自理": "able",
    "中度失能": "disabled", "完全失能": "severely_disabled", "电话": "voice", "语音": "voice", "WGS84": "wgs84",
    "GPS": "wgs84", "天地图": "wgs84", "GCJ02": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "国测局": "gcj02",
    "火星坐标": "gcj02",
}  # fmt: skip
_TEMPLATE_RELATIVES = 3


def columns(relatives: int = _TEMPLATE_RELATIVES) -> list[str]:
    """The technical names of a file with room for some relatives; at least three, at most twelve."""
    groups = range(1, min(max(relatives, _TEMPLATE_RELATIVES), MOST_RELATIVES) + 1)
    return [*BED, *(f"relative_{place}_{name}" for place in groups for name in OF_RELATIVE)]


def cells(home: HomeRow, names: Sequence[str]) -> dict[str, str]:
    """A bed of the register as cells of an export; positions in WGS-84."""
    relatives = home.relatives or ()
    shown = {name: _cell(home, name) for name in BED}
    for place, one in enumerate(relatives[:MOST_RELATIVES], start=1):
        shown |= {f"relative_{place}_{name}": _relative_cell(one, name) for name in OF_RELATIVE}
    return {name: shown.get(name, "") for name in names}


def _cell(home: HomeRow, name: str) -> str:
    if name == "datum":
        return "" if home.lat is None else DATUMS["wgs84"]
    value = getattr(home, name)
    if value is None:
        return ""
    return CHOICES[name].get(value, value) if name in CHOICES else str(value)


def _relative_cell(one: RelativeRow, name: str) -> str:
    if name == "ways":
        held = {way.channel for way in one.ways or ()}
        return "、".join(word for channel, word in WAYS.items() if channel in held)
    return str(getattr(one, name) or "")
