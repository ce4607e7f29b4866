"""State names: the states of incidents, offers and helpers as people read them, in sentences of refusal (pure)."""

from carecircle_alerts.incident import AssignmentState, OfferState, State

STATE_NAMES: dict[State, str] = {
    State.RECEIVED: "新报警",
    State.SEARCHING: "正在找人",
    State.ASSIGNED: "已接单",
    State.EN_ROUTE: "赶往中",
    State.ON_SCENE: "已到达",
    State.HANDED_OVER: "已交接，待结案",
    State.CLOSED: "已结案",
    State.UNCOVERED: "无人接单",
    State.CANCELLED_FALSE: "误报取消",
    State.MERGED: "已合并",
}
OFFER_NAMES: dict[OfferState, str] = {
    OfferState.QUEUED: "待发送",
    OfferState.SENT: "已发送",
    OfferState.DELIVERED: "已送达",
    OfferState.SEEN: "已看到",
    OfferState.ACCEPTED: "已接单",
    OfferState.DECLINED: "已拒绝",
    OfferState.EXPIRED: "未答复",
    OfferState.WITHDRAWN: "已撤回",
    OfferState.UNDELIVERABLE: "无法送达",
}
HELPER_NAMES: dict[AssignmentState, str] = {
    AssignmentState.ACCEPTED: "已接单",
    AssignmentState.MOVING: "赶往中",
    AssignmentState.ARRIVED: "已到达",
    AssignmentState.RELEASED: "已离开",
    AssignmentState.STALLED: "未出发，已改派",
}
