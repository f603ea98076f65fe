"""Personal data out of public text. The raw text stays in the record; what is public goes through here.

Building stays, room goes: 3号楼1单元*** (DESIGN 4.4). Refuses nothing; it only covers.
"""

from __future__ import annotations

import re

_NOT_DIGIT_BEFORE = r"(?<![0-9０-９])"
_NOT_DIGIT_AFTER = r"(?![0-9０-９])"
_GAP = r"[\s\-－—·.]?"

_ID_CARD = re.compile(
    _NOT_DIGIT_BEFORE + r"([1-9]\d{5})((?:18|19|20)\d{2}\d{2}\d{2}\d{3}[\dXx])" + _NOT_DIGIT_AFTER
)
_BANK_CARD = re.compile(
    _NOT_DIGIT_BEFORE + r"(?:[3-6]\d{3}" + r"(?:[ \-]?\d{4}){3}(?:[ \-]?\d{1,3})?)" + _NOT_DIGIT_AFTER
)
_MOBILE = re.compile(
    _NOT_DIGIT_BEFORE + r"(1[3-9]\d)" + _GAP + r"(\d{4})" + _GAP + r"(\d{4})" + _NOT_DIGIT_AFTER
)
_LANDLINE = re.compile(_NOT_DIGIT_BEFORE + r"(0\d{2,3})[-－—]\d{7,8}" + _NOT_DIGIT_AFTER)
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼])([A-HJ-NP-Z])[·・\s]?([A-HJ-NP-Z0-9]{5,6})(?![A-Za-z0-9])"
)
_WECHAT = re.compile(
    r"((?:微信号?|薇信|威信|VX|vx|Vx|wx|WX|wechat|WeChat|weixin|[加+]\s*[Vv薇微])\s*(?:号|ID|id)?\s*(?:是|为|[:：])?\s*)([A-Za-z][A-Za-z0-9_\-]{5,19})"
)
_STAIR_ROOM = re.compile(
    r"((?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:号楼|栋|幢|#楼?|号院)\s*"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*单元\s*)?)"
    r"(\d{3,4}|[一二三四五六七八九十零〇]{3,4})\s*(室|号房?|房|户)?(?![0-9年元块人户平])"
)
_UNIT_ROOM = re.compile(
    r"((?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*单元\s*)(\d{3,4})\s*(室|号房?|房|户)?(?![0-9年元块人户平])"
)
_DASHED_ROOM = re.compile(r"(?<![0-9\-])(\d{1,2})-(\d{1,2})-(\d{3,4})(?![0-9\-])")
_ROOM = re.compile(r"(?<![0-9])(\d{3,4})\s*(室|号房)(?![内外])")


def masked(text: str) -> str:
    """The text as everybody may read it."""
    text = _ID_CARD.sub(lambda found: f"{found[1]}{'*' * 12}", text)
    text = _MOBILE.sub(lambda found: f"{found[1]}****{found[3]}", text)
    text = _BANK_CARD.sub(lambda found: f"{'*' * 12}{re.sub(r'[^0-9]', '', found[0])[-4:]}", text)
    text = _LANDLINE.sub(lambda found: f"{found[1]}-*******", text)
    text = _PLATE.sub(lambda found: f"{found[1]}{found[2]}·*****", text)
    text = _WECHAT.sub(lambda found: f"{found[1]}***", text)
    text = _STAIR_ROOM.sub(lambda found: f"{found[1]}***", text)
    text = _UNIT_ROOM.sub(lambda found: f"{found[1]}***", text)
    text = _DASHED_ROOM.sub(lambda found: f"{found[1]}-{found[2]}-***", text)
    return _ROOM.sub(lambda found: f"***{found[2]}", text)
