"""Phrases: what the sentences for relatives are put together of, in each language (pure).

The Tibetan needs the review of a native speaker from Qinghai before anybody relies on it.
"""

from dataclasses import dataclass

from carecircle_alerts.incident import Kind
from carecircle_console.languages import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language. In braces: `at`, `due` clock times, `name` a person, `age` a span, `what` has happened."""

    what: dict[Kind, str]
    happened: str
    late: str
    open: str
    ended: str
    handed_over: str
    arrived: str
    arrived_at: str
    coming: str
    accepted: str
    coming_late: str
    accepted_late: str
    handled: str
    uncovered: str
    searching: str
    never: str
    silent: str
    no_vitals: str
    quiet: str
    day: str
    moment: str
    minutes: str
    hours: str
    days: str


CHINESE = Phrases(
    what={
        Kind.SOS: "按了呼叫按钮",
        Kind.FALL: "设备发现可能跌倒",
        Kind.SMOKE: "家中烟雾报警",
        Kind.GAS: "家中燃气报警",
        Kind.CARBON_MONOXIDE: "家中一氧化碳报警",
        Kind.WATER: "家中漏水报警",
        Kind.UNREADABLE: "家中设备发出无法识别的求助信号",
    },
    happened="{at}{what}",
    late="{at}{what}（信号{opened}才收到）",
    open="{happened}，{help}。",
    ended="{at}{what}，已于{closed}处理完毕。",
    handed_over="人员已到场处理，等待照护中心确认结束",
    arrived="{name}已到达",
    arrived_at="{name}已于{at}到达",
    coming="{name}正在赶来，预计{due}到",
    accepted="{name}已接单，预计{due}到",
    coming_late="{name}正在赶来，原预计{due}到，还未到达",
    accepted_late="{name}已接单，原预计{due}到，还未到达",
    handled="还没有人接单，照护中心{name}正在处理",
    uncovered="暂时没有人接单，已再次通知照护中心",
    searching="正在寻找最近的救助人员",
    never="还没有收到过设备数据，目前的情况不清楚。",
    silent="已{age}没有收到设备数据，目前的情况不清楚，请致电确认。",
    no_vitals="目前没有求助，设备{age}前在线，但最近没有体征数据。",
    quiet="目前没有求助，{age}前有体征数据。",
    day="{month}月{day}日",
    moment="不到1分钟",
    minutes="{n}分钟",
    hours="{n}小时",
    days="{n}天",
)

ENGLISH = Phrases(
    what={
        Kind.SOS: "the call button was pressed",
        Kind.FALL: "a device noticed a possible fall",
        Kind.SMOKE: "the smoke alarm went off",
        Kind.GAS: "the gas alarm went off",
        Kind.CARBON_MONOXIDE: "the carbon monoxide alarm went off",
        Kind.WATER: "a water leak was noticed",
        Kind.UNREADABLE: "a device sent a call for help that could not be read",
    },
    happened="{at}: {what}",
    late="{at}: {what} (the signal came only at {opened})",
    open="{happened}; {help}.",
    ended="{at}: {what}; it was dealt with by {closed}. ",
    handed_over="help was there, and the care centre has yet to confirm that it is over",
    arrived="{name} has arrived",
    arrived_at="{name} arrived at {at}",
    coming="{name} is on the way, expected at {due}",
    accepted="{name} has accepted, expected at {due}",
    coming_late="{name} is on the way, was expected at {due} and is not there yet",
    accepted_late="{name} has accepted, was expected at {due} and is not there yet",
    handled="nobody has accepted yet, {name} of the care centre is dealing with it",
    uncovered="nobody has accepted yet, the care centre has been told again",
    searching="the nearest helper is being sought",
    never="No data has come from the devices yet, so how things are is not known.",
    silent="No data has come from the devices for {age}, so how things are is not known. Please call to make sure.",
    no_vitals="No call for help. The devices were online {age} ago, but there are no recent vital signs.",
    quiet="No call for help. Vital signs were seen {age} ago.",
    day="{day}/{month} ",
    moment="less than a minute",
    minutes="{n} min",
    hours="{n} h",
    days="{n} days",
)

TIBETAN = Phrases(
    what={
        Kind.SOS: "རོགས་འབོད་མཐེབ་གནོན་མནན་སོང་།",
        Kind.FALL: "སྒྲིག་ཆས་ཀྱིས་འགྱེལ་བའི་དོགས་པ་ཚོར་སོང་།",
        Kind.SMOKE: "ཁྱིམ་དུ་དུ་བའི་ཉེན་བརྡ་བྱུང་།",
        Kind.GAS: "ཁྱིམ་དུ་བུད་རླངས་ཀྱི་ཉེན་བརྡ་བྱུང་།",
        Kind.CARBON_MONOXIDE: "ཁྱིམ་དུ་དུག་རླངས་ཀྱི་ཉེན་བརྡ་བྱུང་།",
        Kind.WATER: "ཁྱིམ་དུ་ཆུ་འཛག་པའི་ཉེན་བརྡ་བྱུང་།",
        Kind.UNREADABLE: "ཁྱིམ་གྱི་སྒྲིག་ཆས་ཀྱིས་མི་གསལ་བའི་རོགས་འབོད་བཏང་།",
    },
    happened="{at} ལ་{what}",
    late="{at} ལ་{what} (བརྡ་{opened} ལ་གཞི་ནས་འབྱོར།)",
    open="{happened} {help}།",
    ended="{at} ལ་{what} {closed} ལ་ཐག་གཅོད་ཟིན། ",
    handed_over="མི་འབྱོར་ནས་ཐག་གཅོད་བྱས་ཟིན། ལྟེ་གནས་ཀྱིས་མཇུག་གཏན་འཁེལ་བྱེད་རྒྱུ་སྒུག་བཞིན་ཡོད",
    arrived="{name} འབྱོར་སོང",
    arrived_at="{name} {at} ལ་འབྱོར་སོང",
    coming="{name} འགྲོ་བཞིན་ཡོད། {due} ལ་འབྱོར་རྩིས",
    accepted="{name} གིས་ཁས་བླངས། {due} ལ་འབྱོར་རྩིས",
    coming_late="{name} འགྲོ་བཞིན་ཡོད། {due} ལ་འབྱོར་རྩིས་ཡིན་ཡང་ད་དུང་མ་འབྱོར",
    accepted_late="{name} གིས་ཁས་བླངས། {due} ལ་འབྱོར་རྩིས་ཡིན་ཡང་ད་དུང་མ་འབྱོར",
    handled="ད་དུང་སུས་ཀྱང་ཁས་མ་བླངས། ལྟེ་གནས་ཀྱི་{name} གིས་ཐག་གཅོད་བྱེད་བཞིན་ཡོད",
    uncovered="གནས་སྐབས་སུས་ཀྱང་ཁས་མ་བླངས། ལྟེ་གནས་ལ་ཡང་བསྐྱར་བརྡ་བཏང་ཟིན",
    searching="ཐག་ཉེ་ཤོས་ཀྱི་མི་འཚོལ་བཞིན་ཡོད",
    never="ད་དུང་སྒྲིག་ཆས་ཀྱི་གཞི་གྲངས་འབྱོར་མ་མྱོང་། ད་ལྟའི་གནས་ཚུལ་མི་གསལ།",
    silent="{age} སྒྲིག་ཆས་ཀྱི་གཞི་གྲངས་མ་འབྱོར། ད་ལྟའི་གནས་ཚུལ་མི་གསལ། ཁ་པར་བཏང་ནས་གཏན་འཁེལ་གནང་རོགས།",
    no_vitals="ད་ལྟ་རོགས་འབོད་མེད། སྒྲིག་ཆས་{age} སྔོན་དྲ་ཐོག་ཏུ་ཡོད། ཡིན་ཡང་ཉེ་ཆར་ལུས་རྟགས་ཀྱི་གཞི་གྲངས་མེད།",
    quiet="ད་ལྟ་རོགས་འབོད་མེད། {age} སྔོན་ལུས་རྟགས་ཀྱི་གཞི་གྲངས་ཡོད།",
    day="ཟླ་{month}ཚེས་{day} ",
    moment="སྐར་མ་1མ་ལོན་པ",
    minutes="སྐར་མ་{n}",
    hours="ཆུ་ཚོད་{n}",
    days="ཉིན་{n}",
)

PHRASES: dict[Language, Phrases] = {"zh-CN": CHINESE, "en": ENGLISH, "bo": TIBETAN}
