"""Words: the reasons of eligibility as people read them (pure)."""

from collections import Counter
from collections.abc import Sequence

from carecircle_alerts.people.rest import Tired
from carecircle_alerts.ranking import Candidate, WhyNot

WHY_NOT: dict[WhyNot, str] = {
    WhyNot.OFF_DUTY: "不在岗",
    WhyNot.NOT_ROSTERED: "不在排班内",
    WhyNot.NO_CONSENT: "未同意接单",
    WhyNot.CONSENT_WITHDRAWN: "已撤回同意",
    WhyNot.PROVIDER_CLOSED: "机构已下班",
    WhyNot.PROVIDER_FULL: "机构外出人数已满",
    WhyNot.MISSING_SKILL: "缺少所需技能",
    WhyNot.OTHER_ROLE: "不在预案范围",
    WhyNot.NO_POSITION: "没有位置",
    WhyNot.STALE_POSITION: "位置已过期",
    WhyNot.NO_ADDRESS: "没有联系方式",
    WhyNot.BUSY: "正在处理其他事件",
    WhyNot.NEEDED_ELSEWHERE: "留给附近更需要的求助",
    WhyNot.DECLINED: "已拒绝",
    WhyNot.ASKED: "已在联系",
    WhyNot.UNDELIVERABLE: "消息无法送达",
    WhyNot.BED_HAS_NO_POSITION: "床位没有位置，且不属于签约机构或本辖区",
}
TIRED: dict[Tired, str] = {
    Tired.AFTER_VISIT: "刚结束上门，休息中",
    Tired.LONG_DUTY: "连续在岗过长",
    Tired.NIGHT_CALLS: "当夜出勤已达上限",
    Tired.UNREACHABLE: "演练多次联系不上",
}


def why_nobody(candidates: Sequence[Candidate]) -> str:
    """Why nobody can be asked, in one clause with the commonest reasons first: 附近4人：不在岗3人、未同意接单1人."""
    counted = Counter(one.why_not for one in candidates if one.why_not is not None)
    if not counted:
        return "附近没有登记任何服务人员"
    reasons = "、".join(f"{WHY_NOT[why]}{number}人" for why, number in counted.most_common())
    return f"附近{counted.total()}人均不可派：{reasons}"
