"""Words: what a telling says on one way, in that way's language and with no more than its channel deserves (pure)."""

from carecircle_alerts.lifeline.records import Telling, Way
from carecircle_alerts.notify.traits import Trust, traits_of
from carecircle_alerts.notify.wording.compose import compose

# The page that an offer's link leads to may be away as well, and the address with it.
_CENTRE_HAS_THE_ADDRESS = {
    "zh-CN": "平台中断，接单后请致电照护中心获取地址。",
    "en": " The platform is interrupted: call the care centre for the address.",
    "bo": " ཁས་བླངས་རྗེས་ལྟེ་གནས་ལ་ཁ་པར་གཏོང་རོགས།",
}


def content_of(telling: Telling, way: Way) -> dict[str, object]:
    """The content as the channel gets it: `text`, and `say` and `facts` for providers that have templates of their own.

    The centre reads Chinese; who was asked stands only in what its person alone reads.
    """
    trust = traits_of(way.channel).trust
    content = compose(telling.content, way.language, trust)
    if telling.audience == "offer":
        hint = _CENTRE_HAS_THE_ADDRESS.get(way.language, _CENTRE_HAS_THE_ADDRESS["zh-CN"])
        return content | {"text": f"{content['text']}{hint}"}
    return content | {"text": telling.text if trust is Trust.PERSONAL else telling.brief}
