"""Letters of invitation: eight a page, a code once for its unit, and never with an address no phone can open."""

from __future__ import annotations

import re

import pytest

from server.accounts.codes import printed
from tests.town import town

PUBLIC = "http://council.example"


@pytest.fixture(scope="module")
async def place(tmp_path_factory):
    async with town(tmp_path_factory.mktemp("letters"), public_url=PUBLIC) as made:
        yield made


async def letters_of(place, browser=None):
    browser = browser or await place.admin()
    return await browser.get(f"/admin/letters?estate={place.estate}&meeting={place.record}")


async def test_every_home_gets_one_letter_with_its_own_code_eight_a_page(place):
    status, answer = await letters_of(place)
    text = answer["text"]
    assert status == 200
    sheets = text.split('<section class="sheet">')[1:]
    assert [sheet.count("<article") for sheet in sheets] == [8] * 9 + [2]
    code = printed(await place.code("3-1-501"))
    assert text.count(code) == 1
    letter = next(part for part in text.split("<article") if code in part)
    assert "3号楼1单元501" in letter
    assert len(set(re.findall(r"[2-9A-Y]{5}-[2-9A-Y]{5}", text))) == 74
    assert "P-01" not in text


async def test_one_letter_can_be_printed_again_alone(place):
    admin = await place.admin()
    _, answer = await admin.get(f"/api/admin/estates/{place.estate}/units")
    unit = next(one["id"] for one in answer["units"] if one["number"] == "3-1-501")
    _, answer = await admin.get(f"/admin/letters?estate={place.estate}&meeting={place.record}&unit={unit}")
    assert answer["text"].count("<article") == 1
    assert printed(await place.code("3-1-501")) in answer["text"]


async def test_a_letter_shows_the_public_address_and_no_owner(place):
    _, answer = await letters_of(place)
    meeting = await place.parts.accounts.meeting_of(place.record)
    assert f"{PUBLIC}/m/{meeting.code}" in answer["text"]
    assert "任志勇" not in answer["text"]
    assert answer["text"].count("<svg") == 74


async def test_letters_are_not_for_residents_or_guests(place):
    for browser in (place.browser(), await place.joined()):
        status, answer = await letters_of(place, browser)
        assert status == 403
        assert printed(await place.code("3-1-501")) not in answer["text"]


async def test_letters_of_what_is_not_there_are_not_found(place):
    admin = await place.admin()
    for query in (
        "",
        "?estate=x&meeting=y",
        f"?estate={place.estate}&meeting=meeting:none",
        f"?meeting={place.record}",
    ):
        assert (await admin.get(f"/admin/letters{query}"))[0] == 404


async def test_letters_refuse_to_print_an_address_that_only_this_machine_can_open(tmp_path):
    async with town(tmp_path) as place:
        status, answer = await letters_of(place)
        assert status == 409
        assert "--public-url" in answer["text"]
        assert "127.0.0.1" in answer["text"]
        assert printed(await place.code("3-1-501")) not in answer["text"]
