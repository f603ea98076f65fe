"""A second studio beside the one on air: it waits, both know, and it takes the air in one press."""

from __future__ import annotations

import pytest

from server.media.chunk import SECOND
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.publisher import Studio
from tests.media.streams import Reel

pytestmark = pytest.mark.long

OTHER = "person:other"


async def waiting(hall: Hall, stream: Reel, person: str = OTHER) -> Studio:
    studio = Studio(hall.http, hall.address, stream, person=person)
    await studio.stand_by()
    await eventually(lambda: studio.said("waiting"))
    return studio


async def test_a_standby_takes_the_air_into_the_same_recording(hall: Hall, opus: Reel):
    first = await published(hall, opus)
    second = await waiting(hall, opus)
    assert second.said("holder") == ["person:host"]
    await eventually(lambda: first.said("standby") == [1])
    await eventually(lambda: hall.media.stream(RECORD).session.have == len(opus.chunks))
    await second.take()
    await second.send(opus.numbered())
    await eventually(lambda: second.acked >= 1400)
    await eventually(lambda: first.socket.closed)
    assert {"taken": True, "by": OTHER} in first.heard
    assert hall.media.health(RECORD)["holder"] == OTHER
    listed = await hall.playlist("live.m3u8?dvr=1")
    assert [i["cut"] for i in listed.items].count(True) == 1
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.pictures == 500 + 475
    assert found.problems == []
    assert "interrupted" not in hall.state()
    await first.leave()
    await second.leave()


async def test_who_was_replaced_cannot_take_the_air_back_by_coming_again(hall: Hall, opus: Reel):
    first = await published(hall, opus)
    second = await waiting(hall, opus, person="person:host")
    await second.take()
    await first.leave()
    await first.connect()
    assert first.heard[-1] == {"taken": True, "by": "person:host"}
    assert hall.media.stream(RECORD).session is not None
    await second.send(opus.numbered())
    await eventually(lambda: second.acked >= 1400)
    await second.leave()


async def test_a_reloaded_tab_is_no_takeover_and_its_old_page_stays_away(hall: Hall, opus: Reel):
    old = await published(hall, opus)
    new = await published(hall, opus)
    await eventually(lambda: {"taken": True} in old.heard)
    await old.leave()
    await old.connect()
    assert old.heard[-1] == {"taken": True}
    await new.leave()


async def test_a_standby_hears_who_is_on_air_and_takes_over_from_one_who_is_gone(hall: Hall, opus: Reel):
    second = await waiting(hall, opus)
    assert second.said("holder") == [""]
    first = await published(hall, opus)
    await eventually(lambda: second.said("holder") == ["", "person:host"])
    await eventually(lambda: first.acked)
    first.cut()
    await first.leave()
    await second.take()
    assert second.said("have") == [0]
    await second.send(c for c in opus.numbered() if c.dts_us < 5 * SECOND)
    await eventually(lambda: second.acked)
    await first.connect()
    assert first.heard[-1] == {"taken": True, "by": OTHER}
    await second.leave()


async def test_a_standby_that_leaves_is_counted_no_more_and_its_goodbye_ends_nothing(hall: Hall, opus: Reel):
    first = await published(hall, opus)
    second, third = await waiting(hall, opus), await waiting(hall, opus, "person:third")
    await eventually(lambda: first.said("standby") == [1, 2])
    assert hall.media.health(RECORD)["standby"] == 2
    await second.socket.send_str('{"bye": true}')
    await eventually(lambda: first.said("standby") == [1, 2, 1])
    await third.leave()
    await eventually(lambda: first.said("standby") == [1, 2, 1, 0])
    assert not first.socket.closed
    await eventually(lambda: hall.state() == ["live"])
    assert hall.media.health(RECORD)["holder"] == "person:host"
    await second.leave()
    await first.leave()


async def test_who_stands_by_sends_nothing(hall: Hall, opus: Reel):
    first = await published(hall, opus)
    second = await waiting(hall, opus)
    await second.send(opus.numbered()[:1])
    await eventually(lambda: second.socket.closed)
    assert second.socket.close_code == 1007
    assert second.said("bad") == ["unclear"]
    assert not first.socket.closed
    await second.leave()
    await first.leave()


async def test_only_who_may_publish_may_stand_by(hall: Hall, opus: Reel):
    studio = Studio(hall.http, hall.address, opus, person="")
    await studio.stand_by()
    await eventually(lambda: studio.heard)
    assert studio.heard == [{"refused": "forbidden"}]
    await studio.leave()
