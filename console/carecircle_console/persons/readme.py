"""Readme: what the files of an export are, their units, what was left out and why, in Chinese and English (pure)."""

from collections.abc import Sequence
from datetime import datetime

from carecircle.persons.catalogue import tables_of
from carecircle.persons.vocabulary import Person, Show, Words
from carecircle_console.persons.lines import CHINA
from carecircle_console.persons.statements import Sheet

_WHOSE = {
    Person.RESIDENT: Words("老人", "resident"),
    Person.RELATIVE: Words("家属", "relative"),
    Person.RESPONDER: Words("服务人员", "responder"),
    Person.ACCOUNT: Words("工作人员", "member of staff"),
}
_WHY_LEFT_OUT = {
    Show.OTHERS: Words("属于他人的个人信息", "somebody else's personal information"),
    Show.SECRET: Words(
        "登录和推送的密钥，泄露后可被冒用", "keys by which somebody could sign in or send in one's name"
    ),
    Show.TECHNICAL: Words("系统内部运行信息，或与其他栏目重复", "inner workings, or what stands elsewhere already"),
}


def file_name(sheet: Sheet, number: int, part: int, ending: str) -> str:
    """What a file is called: in order, for people, and by the name of its table."""
    more = f"-{part}" if part > 1 else ""
    return f"{number:02}-{sheet.table.title.zh}-{sheet.table.name}{more}.{ending}"


def readme_zh(person: Person, person_id: str, at: datetime, sheets: Sequence[Sheet], beds_elsewhere: int) -> str:
    """The Chinese one."""
    lines = [
        "个人信息副本", "",
        f"当事人：{_WHOSE[person].zh} {person_id}",
        f"导出时间：{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}（北京时间）",
        "依据：《个人信息保护法》第四十五条（查阅、复制、转移）。", "",
        "一、怎样看",
        "· .csv 用表格软件打开（UTF-8，逗号分隔，第一行是栏目名称）；",
        "  以 = + - @ 开头的文字前加了一个单引号，以免被当作公式计算。",
        "· .jsonl 供其他系统读取，每行一个 JSON 对象，与所存内容完全一致；数值很多的监测数据只有 .csv。",
        "· 类别、状态等写成文字（用申请时页面的语言），其后一栏是系统所存的代码；系统不认识的代码照原样写出。",
        "· 时间均为北京时间（+08:00）；经纬度为 WGS-84；带单位的栏目，单位写在栏目名称里。",
        "· 没有记录的表不生成文件。",
        "· 超过 100 万行的表分成几个文件。“清单.json”列出每个文件的行数、大小和 SHA-256 校验值。",
        "· 请妥善保管：内含敏感个人信息，打开和转交时请确认对方身份。", "",
        "二、各文件",
    ]  # fmt: skip
    for number, sheet in enumerate(sheets, 1):
        remark = f"；{sheet.table.remark.zh}" if sheet.table.remark else ""
        lines.append(f"· {file_name(sheet, number, 1, 'csv')}：{sheet.table.title.zh}{remark}")
    if person is Person.RESIDENT:
        lines.append("· 照片/：上门处置时拍摄的照片（JPEG）")
    lines += [
        "", "三、没有列出的内容",
        "· 文字备注中，电话、证件号码、邮箱，以及平台已知的他人姓名已经遮盖；平台不知道的称呼可能仍在，转交前请查看。",
        "· 保存期限已满的数据已删除，不再列出。",
    ]  # fmt: skip
    if beds_elsewhere:
        lines.append(f"· 另有 {beds_elsewhere} 张床位不在导出人的管理区域内，未列出；请向当地照护中心申请。")
    lines += [f"· {what.zh}：{'；'.join(columns)}" for what, columns in _left_out(person, is_chinese=True)]
    lines += ["", "对内容有疑问，或需要更正、删除，请联系照护中心。", ""]
    return "\r\n".join(lines)


def readme_en(person: Person, person_id: str, at: datetime, sheets: Sequence[Sheet], beds_elsewhere: int) -> str:
    """The English one."""
    lines = [
        "A copy of personal information", "",
        f"Whose: {_WHOSE[person].en} {person_id}",
        f"Made at: {at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} Beijing time",
        "Under: Personal Information Protection Law (PIPL), article 45: access, copy, transfer.", "",
        "1. How to read it",
        "- .csv opens in a spreadsheet program (UTF-8, commas, the first line names the columns); text that begins",
        "  with = + - @ has an apostrophe before it, so that nothing is computed.",
        "- .jsonl is for programs: one JSON object a line, exactly as stored; long series of numbers are .csv only.",
        "- Kinds, states and the like are in words, in the language of the page that asked; the column after them has",
        "  the code that is stored. A code that we have no word for stands as it is.",
        "- Times are Beijing time (+08:00), positions WGS-84; units stand in the names of columns.",
        "- A table without rows has no file.",
        "- Tables above a million rows are several files. 清单.json lists rows, size and SHA-256 of every file.",
        "- Keep it safe: it holds sensitive personal information.", "",
        "2. The files",
    ]  # fmt: skip
    for number, sheet in enumerate(sheets, 1):
        remark = f"; {sheet.table.remark.en}" if sheet.table.remark else ""
        lines.append(f"- {file_name(sheet, number, 1, 'csv')}: {sheet.table.title.en}{remark}")
    if person is Person.RESIDENT:
        lines.append("- 照片/: pictures that were taken at visits (JPEG)")
    lines += [
        "", "3. What is not in it",
        "- In free text, telephone and identity numbers, mailboxes and the names of others that the platform knows are",
        "  covered; names that it does not know may still stand there: look before you pass it on.",
        "- What was past its time of keeping has been deleted.",
    ]  # fmt: skip
    if beds_elsewhere:
        lines.append(f"- {beds_elsewhere} more bed(s) lie outside the area of who made this: ask the centre there.")
    lines += [f"- {what.en}: {'; '.join(columns)}" for what, columns in _left_out(person, is_chinese=False)]
    lines += ["", "Questions, corrections, erasure: please ask the care centre.", ""]
    return "\r\n".join(lines)


def _left_out(person: Person, *, is_chinese: bool) -> list[tuple[Words, list[str]]]:
    found: dict[Show, list[str]] = {}
    for table in tables_of(person):
        title = table.title.zh if is_chinese else table.title.en
        for show, columns in table.withheld(person).items():
            names = ", ".join(columns)
            found.setdefault(show, []).append(f"{title}（{names}）" if is_chinese else f"{title} ({names})")
    return [(_WHY_LEFT_OUT[show], found[show]) for show in _WHY_LEFT_OUT if show in found]
