"""Labels: what columns are called for people, with their units (pure)."""

from carecircle.persons.vocabulary import Column, Table
from carecircle.quantities import QUANTITIES

_PARTS = {"n": "读数个数", "min": "最小", "max": "最大", "sum": "总和", "true": "为是的个数"}

_LABELS = """
id 编号 · name 姓名 · birth_year 出生年份 · phone 电话 · key_safe 进门方式 · hazards 现场风险
frailty 失能等级 · county 县级区划 · division_code 区划代码 · area_code 区划代码 · circle 服务圈类型
terrain 地形 · provider_id 服务机构 · altitude_m 海拔（米） · lat 纬度（WGS-84） · lon 经度（WGS-84）
base_lat 常驻纬度（WGS-84） · base_lon 常驻经度（WGS-84） · address 地址 · bed_id 床位 · bed 床位
model 型号 · label 名称 · resident_id 老人编号 · family_member_id 家属编号 · responder_id 服务人员编号
account_id 查阅人角色 · relation 关系 · place 顺序 · device 设备 · quality 数据质量（0–1）
clock_offset_ms 时钟校正（毫秒） · offset_ms 校正量（毫秒） · event 事件 · code 代码 · detail 内容
online 在线 · battery 电量（%） · rssi 信号强度（dBm） · link_quality 链路质量（0–1） · firmware 固件
power 供电 · bucket 时段开始 · history 数据类别 · messages 消息数 · metrics 最新数值 · devices 设备情况
person 人员状态 · protection 保护状态 · topic 主题 · payload 原始内容（Base64） · kind 类别 · family 大类
priority 优先级 · state 状态 · level 升级级别 · verification 核实情况 · confidence 可信度 · late 迟到的信号
outcome_code 处置结果 · outcome 结果 · responsible 责任机构 · merged_into 并入事件 · helpers_wanted 需要人数
incident_id 事件编号 · assignment_id 上门任务编号 · step 步骤 · actor 操作人类别
reason 原因（已遮盖他人信息） · note 备注（已遮盖他人信息） · why 依据 · correction 更正
correction_why 更正依据 · held_back 未通知原因 · wave 轮次 · forced 由调度员指定
travel_p50_s 预计用时（秒，中位） · travel_p90_s 预计用时（秒，九成） · p50_s 用时（秒，中位）
p90_s 用时（秒，九成） · limit_s 时限（秒） · distance_m 距离（米） · accuracy_m 定位精度（米）
basis 依据来源 · proof 到达凭证 · consciousness 意识 · heart_rate_bpm 心率（次/分）
respiratory_rate_per_min 呼吸（次/分） · spo2_percent 血氧（%） · systolic_mmhg 收缩压（mmHg）
diastolic_mmhg 舒张压（mmHg） · body_temperature_c 体温（℃） · bytes 大小（字节） · audience 通知对象
channel 渠道 · language 语言 · attempts 发送次数 · rank 名次 · from_hour 起（时） · until_hour 止（时）
hour 时段 · people 人数 · mode 出行方式 · travel_mode 出行方式 · sole_beds 仅其覆盖的床位数
second_beds 由其备援的床位数 · subject_kind 当事人类别 · subject_id 当事人编号 · purpose 目的
about 涉及家属编号 · given 同意 · text_version 文本版本 · how 方式 · period 所查时段 · times 次数
object_id 对象编号 · change 操作 · scope 范围 · rule 规则 · version 版本 · settings 设置 · enabled 启用
quiet_from 免打扰起 · quiet_until 免打扰止 · failures 连续失败次数 · failed_drills 测试失败次数 · role 角色
login 登录名 · on_duty 在岗 · position_source 位置来源 · skills 技能 · languages 语言
family_may_call 家属可致电 · source 来源 · asked 被询问（加权次数） · accepted 接受（加权次数）
asked_lately 近期被询问（加权次数） · went_lately 近期出动（加权次数） · evidence 依据 · came 已送达
before 导入前 · after 导入后 · what 查阅方式 · by_name 姓名 · created 新增数 · changed 修改数 · at 时间
since 起始时间 · until 截止时间 · as_of 截至 · created_at 建立时间 · ended_at 结束时间 · measured_at 测量时间
received_at 接收时间 · last_seen_at 最近消息时间 · begin_at 开始时间 · until_at 结束时间 · noted_at 记录时间
pressed_at 按下时间 · opened_at 建立时间 · deadline_at 时限 · acknowledged_at 受理时间
dispatched_at 派单时间 · accepted_at 接受时间 · arrived_at 到达时间 · cleared_at 解除时间 · closed_at 关闭时间
raised_at 发生时间 · corrected_at 更正时间 · begins_at 开始时间 · ends_at 结束时间 · sent_at 发送时间
answered_at 答复时间 · expires_at 到期时间 · eta_at 预计到达 · moving_at 出发时间 · released_at 离开时间
made_at 形成时间 · written_at 写入时间 · receipt_at 回执时间 · told_at 告知时间 · planned_at 计划时间
opens_at 开放时间 · closes_at 结束时间 · invited_at 邀请时间 · settled_at 了结时间 · confirmed_at 确认时间
home_told_at 通知网关时间 · ready_at 网关就绪时间 · paired_at 配对时间 · rotated_at 换密钥时间
revoked_at 吊销时间 · used_at 使用时间 · renewed_at 更换时间 · verified_at 验证时间 · disabled_at 停用时间
seen_at 最近使用 · begun_at 开始时间 · duty_set_at 在岗设置时间 · consented_at 同意时间
consent_withdrawn_at 撤回同意时间 · position_at 定位时间 · evidence_at 依据时间 · valid_until 有效至
judged_at 判断时间 · answer_by 答复期限 · began_at 开始时间 · heard_at 试听时间 · taken_at 接班时间
added_at 添加时间 · undone_at 撤销时间 · erased_at 删除时间 · asked_by 提出人 · asked_on 提出日期
ends_service 终止服务 · requested_at 登记时间 · not_before 最早执行 · withdrawn_at 撤回时间
withdrawn_reason 撤回原因（已遮盖他人信息） · begun_at 开始时间 · finished_at 完成时间 · person_id 当事人编号
target 数据表 · act 处理方式 · touched 行数 · done_at 完成时间 · swept_at 复查时间
"""
_NAMES: dict[str, str] = {
    name: label
    for line in _LABELS.strip().splitlines()
    for name, _, label in (entry.strip().partition(" ") for entry in line.split(" · "))
}
_UNITS = {"Cel": "℃", "[ppm]": "ppm", "mm[Hg]": "mmHg", "/min": "次/分", "1": "0–1"}


def label_of(table: Table, column: str) -> str:
    """The column in Chinese, with its unit."""
    if quantity := QUANTITIES.get(column):
        unit = "是/否" if quantity.is_statement else _UNITS.get(quantity.unit, quantity.unit)
        return f"{quantity.label}（{unit}）"
    measured, _, part = column.rpartition("_")
    if table.name.endswith(("_minute", "_hour", "_day")) and part in _PARTS and (quantity := QUANTITIES.get(measured)):
        return f"{quantity.label}{_PARTS[part]}"
    return _NAMES[column]


def headings_of(table: Table, column: Column) -> tuple[str, ...]:
    """As the first line of a file names it, for people and for programs; the words of codes stand before the codes."""
    label = label_of(table, column.name)
    return (f"{label} {column.name}",) if column.coded is None else (label, f"{label}代码 {column.name}")
