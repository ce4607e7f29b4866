"""Readme: what the files of an export are, their units, what was left out and why, in Chinese and English (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from carecircle.persons.catalogue import tables_of
from carecircle.persons.vocabulary import Person, Show, Words
from carecircle_console.persons.lines import CHINA
from carecircle_console.persons.statements import Sheet

Tongue = Literal["zh-CN", "en"]
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


_ZH = """\
个人信息副本

当事人：{whose} {id}
导出时间：{at}（北京时间）
依据：《个人信息保护法》第四十五条（查阅、复制、转移）。

一、怎样看
· .csv 用表格软件打开（UTF-8，逗号分隔，第一行是栏目名称）；
  以 = + - @ 开头的文字前加了一个单引号，以免被当作公式计算。
· .jsonl 供其他系统读取，每行一个 JSON 对象，与所存内容完全一致；数值很多的监测数据只有 .csv。
· 类别、状态等写成文字（用申请时页面的语言），其后一栏是系统所存的代码；系统不认识的代码照原样写出。
· 时间均为北京时间（+08:00）；经纬度为 WGS-84；带单位的栏目，单位写在栏目名称里。
· 没有记录的表不生成文件。
· 超过 100 万行的表分成几个文件。“清单.json”列出每个文件的行数、大小和 SHA-256 校验值。
· 请妥善保管：内含敏感个人信息，打开和转交时请确认对方身份。

二、各文件
{files}

三、没有列出的内容
· 文字备注中，电话、证件号码、邮箱，以及平台已知的他人姓名已经遮盖；平台不知道的称呼可能仍在，转交前请查看。
· 保存期限已满的数据已删除，不再列出。
{missing}

对内容有疑问，或需要更正、删除，请联系照护中心。
"""
_EN = """\
A copy of personal information

Whose: {whose} {id}
Made at: {at} Beijing time
Under: Personal Information Protection Law (PIPL), article 45: access, copy, transfer.

1. How to read it
- .csv opens in a spreadsheet program (UTF-8, commas, the first line names the columns); text that begins
  with = + - @ has an apostrophe before it, so that nothing is computed.
- .jsonl is for programs: one JSON object a line, exactly as stored; long series of numbers are .csv only.
- Kinds, states and the like are in words, in the language of the page that asked; the column after them has
  the code that is stored. A code that we have no word for stands as it is.
- Times are Beijing time (+08:00), positions WGS-84; units stand in the names of columns.
- A table without rows has no file.
- Tables above a million rows are several files. 清单.json lists rows, size and SHA-256 of every file.
- Keep it safe: it holds sensitive personal information.

2. The files
{files}

3. What is not in it
- In free text, telephone and identity numbers, mailboxes and the names of others that the platform knows are
  covered; names that it does not know may still stand there: look before you pass it on.
- What was past its time of keeping has been deleted.
{missing}

Questions, corrections, erasure: please ask the care centre.
"""


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How one of the two is written: its text, and the lines that are made for each copy."""

    text: str
    of: Callable[[Words], str]
    file: str
    remark: str
    pictures: str
    elsewhere: str
    left_out: str
    columns: str
    between: str


_TONGUES: Mapping[Tongue, _Tongue] = {
    "zh-CN": _Tongue(
        _ZH, lambda words: words.zh, "· {name}：{title}{remark}", "；{}", "· 照片/：上门处置时拍摄的照片（JPEG）",
        "· 另有 {} 张床位不在导出人的管理区域内，未列出；请向当地照护中心申请。",
        "· {what}：{columns}", "{title}（{names}）", "；",
    ),
    "en": _Tongue(
        _EN, lambda words: words.en, "- {name}: {title}{remark}", "; {}",
        "- 照片/: pictures that were taken at visits (JPEG)",
        "- {} more bed(s) lie outside the area of who made this: ask the centre there.",
        "- {what}: {columns}", "{title} ({names})", "; ",
    ),
}  # fmt: skip


def readme(
    tongue: Tongue, person: Person, person_id: str, at: datetime, sheets: Sequence[Sheet], beds_elsewhere: int
) -> str:
    """The file in one of the two languages; both go into every copy, because it may be handed on."""
    said = _TONGUES[tongue]
    files = [_file(said, sheet, number) for number, sheet in enumerate(sheets, 1)]
    missing = [said.elsewhere.format(beds_elsewhere)] if beds_elsewhere else []
    text = said.text.format(
        whose=said.of(_WHOSE[person]), id=person_id, at=f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        files="\n".join([*files, *([said.pictures] if person is Person.RESIDENT else [])]),
        missing="\n".join([*missing, *_left_out(said, person)]),
    )  # fmt: skip
    return text.replace("\n", "\r\n")


def _file(said: _Tongue, sheet: Sheet, number: int) -> str:
    remark = said.remark.format(said.of(sheet.table.remark)) if sheet.table.remark else ""
    return said.file.format(name=file_name(sheet, number, 1, "csv"), title=said.of(sheet.table.title), remark=remark)


def _left_out(said: _Tongue, person: Person) -> list[str]:
    found: dict[Show, list[str]] = {}
    for table in tables_of(person):
        for show, columns in table.withheld(person).items():
            told = said.columns.format(title=said.of(table.title), names=", ".join(columns))
            found.setdefault(show, []).append(told)
    return [
        said.left_out.format(what=said.of(what), columns=said.between.join(found[show]))
        for show, what in _WHY_LEFT_OUT.items()
        if show in found
    ]
