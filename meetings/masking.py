"""Personal data out of public text. The raw text stays in the record; what is public goes through here.

Building stays, room goes: 3号楼1单元*** (DESIGN 4.4). Refuses nothing; it only covers. Whoever writes their number
in wide digits, in Chinese ones or apart is covered all the same: the text is read folded, sign for sign, and
covered where it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

_CHINESE_DIGITS = str.maketrans("零〇○一幺二三四五六七八九壹贰叁肆伍陆柒捌玖oO", "000112345678912345678900")
_APART = r"[\s\-—–·.,，、_/*]"
_NO = r"(?<!\d)"
_END = r"(?!\d)"
_COUNTED = r"(?![0-9年月元块人户平㎡米个票次路天期%万千百层楼、至到~]|号楼|号线|小时|分钟|毫米)"
"""What follows a number that counts something, so that it is no room."""
_HAN_NUMBER = "[一二三四五六七八九十]"
_HOUSE = rf"(?:\d{{1,3}}|{_HAN_NUMBER}{{1,3}}|(?<![a-z])[a-z])\s*(?:号楼|号院|栋|幢|座|\#楼?|楼)"
_STAIR = rf"(?:\d{{1,2}}|{_HAN_NUMBER}{{1,2}})\s*单元"
_ROOM_SIGN = r"(?:\s*(?:室|号房?|房|户))?"
_ROOM_NUMBER = r"\d{3,4}"
_HAN_ROOM = r"[一二三四五六七八九零〇]{3,4}"


Instead = Callable[[re.Match[str], str], str]
"""What stands in place of something found, given the text it was found in."""


class _Cover(NamedTuple):
    """What is covered: the pattern, what stands in its place, and whether Chinese digits count as digits."""

    pattern: re.Pattern[str]
    by: Instead
    chinese: bool = False


def _grouped(*sizes: int) -> str:
    """Digits in groups of these sizes with a sign or two between the groups."""
    return rf"{_APART}{{0,2}}".join(rf"\d{{{size}}}" for size in sizes)


_MOBILE = (
    rf"{_NO}(?:(?:\+|00)?86{_APART}{{0,2}})?"
    rf"(?P<number>(?=1{_APART}?[3-9])(?:\d(?:{_APART}\d){{10}}|\d{{11}}|"
    + "|".join(
        _grouped(*shape) for shape in ((3, 4, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (3, 8), (7, 4), (5, 6))
    )
    + rf")){_END}"
)
_ID_18 = (
    rf"{_NO}(?P<place>[1-9]\d{{5}}){_APART}{{0,2}}(?:18|19|20)\d{{2}}{_APART}{{0,2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"{_APART}{{0,2}}\d{{3}}[\dXx](?![0-9Xx])"
)
_ID_15 = rf"{_NO}(?P<place>[1-9]\d{{5}})\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}{_END}"
_BANK = rf"{_NO}[3-69]\d{{3}}(?:[ \-]?\d{{4}}){{3}}(?:[ \-]?\d{{1,3}})?{_END}"
_AREA_LINE = rf"{_NO}(?:(?P<area>\(0\d{{2,3}}\)|0\d{{2,3}}){_APART}{{1,2}}\d{{7,8}}|(?P<bare>\(0\d{{2,3}}\)|0\d{{2,3}})[2-9]\d{{6,7}}){_END}"
_LOCAL_LINE = (
    rf"(?P<area>(?:电话|座机|固话|致电|tel)\s*(?:号码?)?\s*(?:是|为|:)?\s*)[2-9]\d{{2,3}}[\s\-]?\d{{4}}{_END}"
)
_PLATE = (
    r"(?P<place>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Za-hj-np-z])[·・.\-\s]{0,2}"
    r"(?=[A-Za-z]*\d)(?:[A-HJ-NP-Za-hj-np-z0-9]{5,6}|[A-HJ-NP-Za-hj-np-z0-9]{4}[警学挂领])(?![A-Za-z0-9])"
)
_WECHAT = (
    r"(?P<lead>(?:微信|薇信|威信|徽信|v信|vx|v\s?x|wx|wechat|weixin|(?:加|\+)\s*(?:我|个)?\s*[v薇微威](?:信|x)?)"
    r"\s*(?:号码?|id)?\s*(?:就?是|为|[:：])?\s*)(?P<name>[a-z][a-z0-9_\-]{5,19})(?![a-z0-9_\-])"
)
_WXID = r"(?<![a-z0-9_])wxid_[a-z0-9]{4,20}"
_QQ = rf"(?P<lead>(?:qq|扣扣|企鹅)\s*(?:号码?)?\s*(?:是|为|[:：])?\s*)[1-9]\d{{4,10}}{_END}"
_MAIL = r"(?<![a-z0-9._%+\-])(?P<first>[a-z0-9])[a-z0-9._%+\-]*@(?P<host>[a-z0-9\-]+(?:\.[a-z0-9\-]+)+)"
_IN_HOUSE = (
    rf"(?P<house>{_HOUSE}\s*(?:{_STAIR}\s*)?|{_STAIR}\s*)(?:{_ROOM_NUMBER}|{_HAN_ROOM}){_ROOM_SIGN}{_COUNTED}"
)
_IN_HOUSE_DASHED = rf"(?P<house>{_HOUSE}\s*\d{{1,2}}\s*[-－—/]\s*)\d{{3,4}}{_ROOM_SIGN}{_COUNTED}"
_DASHED = (
    rf"(?<![\d\-—/.])(?P<house>\d{{1,2}}\s?(?P<between>[-—/])\s?\d{{1,2}}\s?(?P=between)\s?)\d{{3,4}}{_ROOM_SIGN}"
    r"(?![\d\-—/.元])"
)
_SIGNED_ROOM = rf"{_NO}(?:\d{{3,4}}|(?<!第){_HAN_ROOM})\s*(?P<sign>室(?![内外温])|号房(?!间))"
_LIVES_IN = rf"(?P<lead>(?:家?住在?|我家(?:是|在)?|家在|房号(?:是|为)?|门牌号?(?:是|为)?)\s*[:：]?\s*)\d{{3,4}}{_ROOM_SIGN}{_COUNTED}"


def _alike(text: str) -> str:
    """The text in plain width, place for place."""
    return "".join(map(_folded, text))


def _after(name: str, stars: str) -> Instead:
    """Keep the beginning up to this group, as it was written."""
    return lambda found, text: text[found.start() : found.end(name)] + stars


def _area(found: re.Match[str], text: str) -> str:
    return text[found.start() : found.end("area" if found["area"] else "bare")] + "-*******"


def _mobile(found: re.Match[str], _: str) -> str:
    digits = re.sub(r"\D", "", found["number"])
    return f"{digits[:3]}****{digits[-4:]}"


def _bank(found: re.Match[str], _: str) -> str:
    return "*" * 12 + re.sub(r"\D", "", found[0])[-4:]


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_COVERS = (
    _Cover(_compiled(_MAIL), lambda found, _: f"{found['first']}***@{found['host']}"),
    _Cover(_compiled(_ID_18), _after("place", "*" * 12)),
    _Cover(_compiled(_BANK), _bank),
    _Cover(_compiled(_MOBILE), _mobile),
    _Cover(_compiled(_MOBILE), _mobile, chinese=True),
    _Cover(_compiled(_ID_15), _after("place", "*" * 9)),
    _Cover(_compiled(_AREA_LINE), _area),
    _Cover(_compiled(_LOCAL_LINE), _after("area", "*******")),
    _Cover(_compiled(_PLATE), _after("place", "·*****")),
    _Cover(_compiled(_WXID), lambda *_: "wxid_***"),
    _Cover(_compiled(_WECHAT), _after("lead", "***")),
    _Cover(_compiled(_QQ), _after("lead", "***")),
    _Cover(_compiled(_IN_HOUSE_DASHED), _after("house", "***")),
    _Cover(_compiled(_IN_HOUSE), _after("house", "***")),
    _Cover(_compiled(_DASHED), _after("house", "***")),
    _Cover(_compiled(_SIGNED_ROOM), lambda found, _: f"***{found['sign']}"),
    _Cover(_compiled(_LIVES_IN), _after("lead", "***")),
)
_WORTH_A_LOOK = re.compile(
    r"\d|[零〇一幺二三四五六七八九壹贰叁肆伍陆柒捌玖]{3}|@|[vw微薇威徽]", re.IGNORECASE
)


def masked(text: str) -> str:
    """The text as everybody may read it."""
    folded = _alike(text)
    if not _WORTH_A_LOOK.search(folded):
        return text
    for cover in _COVERS:
        read = folded.translate(_CHINESE_DIGITS) if cover.chinese else folded
        for found in reversed(list(cover.pattern.finditer(read))):
            instead = cover.by(found, text)
            text = text[: found.start()] + instead + text[found.end() :]
        folded = _alike(text)
    return text


@cache
def _folded(sign: str) -> str:
    """One sign for one sign, in its plain width."""
    plain = unicodedata.normalize("NFKC", sign)
    if unicodedata.category(sign) == "Cf":
        return "·"
    return plain if len(plain) == 1 else sign
