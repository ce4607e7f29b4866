"""Chinese, the language that people are told in unless they ask for another (pure)."""

from carecircle_alerts.notify.wording.language import Language
from carecircle_alerts.texts import KIND_NAMES

CHINESE = Language(
    kinds={kind.value: name for kind, name in KIND_NAMES.items()},
    something="需要查看的情况",
    bases={"straight_line_model": "直线估算", "synthetic_network": "示范路网计算", "": "路网计算"},
    reasons={
        "uncovered": "无人接单，需人工派单",
        "consent": "人员已撤回接单同意，请确认任务是否继续",
        "short": "到场人数不足，仍需增派",
        "unclaimed": "尚无人确认",
        "unplaced": "床位没有位置坐标，请核对地址并电话确认人员",
        "stalled": "接单人员未出发，已重新派单",
        "overdue": "接单人员超过预计时间未到达",
        "breach": "超过时限仍无人到达，请考虑拨打120",
        "escalated": "调度员已升级",
        "check": "现场处置超过20分钟，请确认情况",
        "close": "已交接，等待结案",
        "attention": "需要关注",
    },
    personal={
        "offer": "【求助】{area}有一起{kind}，距您约{km}公里，约{minutes}分钟（{basis}）。请尽快接单或拒绝。",
        "offer_unplaced": "【求助】{area}有一起{kind}，路程未知（床位没有位置坐标）。"
        "请尽快接单或拒绝，接单后可见地址。",
        "nudge": "【求助】请尽快出发；如不能前往请立即告知调度台。",
        "withdrawn": "【求助】已有人处理，感谢您，无需前往。",
        "family_opened": "{resident}家中{at}发出{kind}，正在安排最近的人员上门。",
        "family_accepted": "{helper}已接单，正前往{resident}家，预计{eta}到达（{basis}；{at}{kind}）。",
        "family_coming": "{helper}已接单，正前往{resident}家（{at}{kind}）。",
        "family_arrived": "护理人员已到达{resident}家（{at}{kind}）。",
        "family_closed": "{resident}家{at}的{kind}已由照护中心处理完毕。如需了解详情请致电照护中心。",
        "family_progress": "{resident}家{at}的{kind}有新进展，照护中心正在跟进。",
        "dispatcher": "【{priority}级】{area}{kind}：{why}。",
    },
    brief={
        "offer": "【求助】{area}有一起{kind}，距您约{km}公里，约{minutes}分钟（{basis}）。请尽快接单或拒绝。",
        "offer_unplaced": "【求助】{area}有一起{kind}，路程未知（床位没有位置坐标）。"
        "请尽快接单或拒绝，接单后可见地址。",
        "nudge": "【求助】请尽快出发；如不能前往请立即告知调度台。",
        "withdrawn": "【求助】已有人处理，感谢您，无需前往。",
        "family_opened": "您的家人家中{at}有{kind}，正在安排最近的人员上门。",
        "family_accepted": "已有人前往您的家人家中，预计{eta}到达（{basis}）。",
        "family_coming": "已有人前往您的家人家中。",
        "family_arrived": "护理人员已到达您的家人家中。",
        "family_closed": "您的家人家中{at}的情况已处理完毕，详情请致电照护中心。",
        "family_progress": "您的家人家中{at}的情况有新进展，照护中心正在跟进。",
        "dispatcher": "【{priority}级】{area}{kind}：{why}。",
    },
    spoken={
        "offer": "照护中心求助。{area}有一起{kind}，离您大约{minutes}分钟路程。请打开手机接单或拒绝。",
        "offer_unplaced": "照护中心求助。{area}有一起{kind}。请打开手机接单或拒绝。",
        "nudge": "照护中心提醒。您已接单，请尽快出发。不能前往请告诉调度台。",
        "withdrawn": "照护中心通知。求助已有人处理，您不用前往。谢谢。",
        "family_opened": "照护中心通知。您的家人家中{at}有{kind}，正在安排人员上门。",
        "family_accepted": "照护中心通知。已有人前往您的家人家中，估计{eta}到达。",
        "family_coming": "照护中心通知。已有人前往您的家人家中。",
        "family_arrived": "照护中心通知。护理人员已到达您的家人家中。",
        "family_closed": "照护中心通知。您的家人家中的情况已处理完毕。",
        "family_progress": "照护中心通知。您的家人家中的情况有新进展，请看手机。",
        "dispatcher": "照护中心提醒。{area}{kind}，{why}。请打开控制台。",
    },
    subjects={
        "offer": "求助：请接单",
        "withdrawn": "求助已有人处理",
        "family": "家人照护通知",
        "dispatcher": "调度提醒",
    },
    clock="{hour:02d}:{minute:02d}",
    spoken_clock="{hour}点{minute:02d}分",
    answer="接单或拒绝：",
)
