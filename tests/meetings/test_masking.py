"""Personal data out of public text: what is covered, and what looks like it and stays."""

import pytest

from meetings.masking import masked


@pytest.mark.parametrize(
    ("raw", "public"),
    [
        ("打我13800138000", "打我138****8000"),
        ("138-0013-8000", "138****8000"),
        ("身份证640102199001011234", "身份证640102************"),
        ("卡号6222021234567890123", "卡号************0123"),
        ("座机0951-1234567", "座机0951-*******"),
        ("车牌宁A·12345", "车牌宁A·*****"),
        ("微信号：abc_12345", "微信号：***"),
        ("3号楼1单元501室", "3号楼1单元***"),
        ("我家3-1-501", "我家3-1-***"),
    ],
)
def test_personal_data_is_covered(raw, public):
    assert masked(raw) == public


@pytest.mark.parametrize(
    "text", ["民法典第二百七十八条", "2026年5月16日", "一共1600余人", "物业费每平1.25元", "3号楼的灯"]
)
def test_what_only_looks_like_it_stays(text):
    assert masked(text) == text
