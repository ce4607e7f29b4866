"""Platform: what says nothing about a person, in the catalogue: places, settings, sums, the platform itself (pure).

Who changed a setting stands beside it by name; such names give way when that account is erased.
"""

from carecircle.persons.vocabulary import (
    ANONYMOUS,
    NOT_PERSONAL,
    Erase,
    Table,
    Words,
    by,
    impersonal,
    others,
    technical,
)


def _named(name: str, zh: str, en: str, names: str, acting: str) -> Table:
    """A table that says nothing about a person, but by whom it was written."""
    return Table(
        name, Words(zh, en), {}, by(NOT_PERSONAL), (*technical(names), *others(acting, erase=Erase.NAME))
    )  # fmt: skip


PLATFORM = (
    impersonal("area", "行政区划", "divisions", "code name level"),
    impersonal(
        "provider", "服务机构", "providers",
        "id name kind area_code lat lon phone out_at_once skills version ended_at",
    ),
    impersonal("provider_hours", "机构开放时间", "opening hours", "provider_id weekday opens_min closes_min"),
    impersonal(
        "provider_exception", "机构特殊日期", "days with other hours", "provider_id day opens_min closes_min reason"
    ),
    _named(
        "plan_setting", "预案设置", "settings of plans", "version area circle kind frailty settings reason at",
        "by_name",
    ),
    _named(
        "consent_text", "同意书文本", "words of consents", "purpose version language wording published_at", "by_name"
    ),
    Table(
        "coverage_area", Words("覆盖率统计", "coverage by division"), {}, by(ANONYMOUS),
        technical("run_id area_code circle hour covered uncertain not_covered estimated unlocated backed_up"),
    ),
    impersonal(
        "coverage_run", "覆盖计算", "computations of coverage",
        "id day began_at finished_at state basis version is_estimate limits bands beds posts why",
    ),
    impersonal("travel_calibration", "行程校准", "calibrations", "version made_at arrivals_since arrivals"),
    Table(
        "travel_correction", Words("行程修正系数", "corrections of travel times"), {}, by(ANONYMOUS),
        technical("version basis mode terrain hour_band factor spread arrivals"),
    ),
    impersonal("travel_budget", "地图服务用量", "paid questions to map services", "source day used"),
    impersonal("channel_budget", "通道用量", "use of channels", "channel window_s began_at used"),
    impersonal("standing_mark", "应答统计进度", "how far standing is folded", "singleton folded_to"),
    impersonal("beginning_mark", "到岗查找进度", "how far beginnings have woken who waits", "singleton looked_to"),
    impersonal("engine_pulse", "服务心跳", "pulse of services", "service at detail"),
    impersonal("detect_leader", "检测主进程", "leader of detection", "singleton epoch"),
    impersonal("bed_roster", "床位名册版本", "version of the bed roster", "singleton version"),
    impersonal(
        "ingest_partition", "接入分区", "partitions of ingest", "name counties topics backend reading since"
    ),
    impersonal("grafana_scope", "看板区域权限", "areas of dashboard roles", "role_name area_prefix health"),
    impersonal(
        "grafana_institution", "看板机构权限", "institutions of dashboard roles", "role_name provider_id health"
    ),
    impersonal("schema_migration", "数据库版本", "migrations applied", "name sha256 applied_at"),
)  # fmt: skip
