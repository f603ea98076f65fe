"""Ways to draw a reader elsewhere: a number to ring, a WeChat name, an address. Only ever a reason to hold a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_ADDRESS = re.compile(
    r"https?://|www\.|(?<![a-z0-9@.\-])[a-z0-9][a-z0-9\-]{1,40}\s?[.。]\s?"
    r"(?:com|cn|net|org|top|xyz|cc|vip|info|shop|club|me|io|app|site|online|link)(?![a-z0-9])",
    re.IGNORECASE,
)
_WECHAT = re.compile(
    r"(?:微信|薇信|威信|徽信|v信|卫星号?|vx|v\s?x|wx|wechat|weixin|扣扣|q\s?q)\s*号?\s*(?:是|为|:)?\s*[a-z0-9][a-z0-9_\-]{4,19}"
    r"|(?:加|十|\+|➕)\s*(?:个|我|下)?\s*(?:v(?![a-z])|vx|wx|薇|威信|微信|qq|扣扣|飞机)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\d)1[3-9]\d(?:[\s\-—·.,，、_*/]{0,2}\d){8}(?!\d)")
_LURE = re.compile(
    r"扫(?:一扫|码|我)?\s*(?:加|领|[进入]群)|(?:拉|进|入|加)\s*群\s*(?:领|送|优惠|返)|私(?:聊|信)\s*我|二维码\s*(?:领|加)"
)
_DIGITS = str.maketrans("零〇一幺二三四五六七八九壹贰叁肆伍陆柒捌玖oO", "00112345678912345678900")


def baits(text: str) -> Iterator[tuple[str, int, int]]:
    """What draws elsewhere in a text: which way (address, wechat, number, lure), from and to."""
    flat = "".join(_flat(sign) for sign in text)
    for way, pattern, where in (
        ("address", _ADDRESS, flat),
        ("wechat", _WECHAT, flat),
        ("number", _NUMBER, flat.translate(_DIGITS)),
        ("lure", _LURE, flat),
    ):
        for found in pattern.finditer(where):
            yield way, found.start(), found.end()


def _flat(sign: str) -> str:
    """One width, one sign for one sign, so that places stay places."""
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign
