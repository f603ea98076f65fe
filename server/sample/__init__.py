"""The sample: one invented community with a past meeting, one ready to open, and the people to look around as.

Never made where somebody has begun for real; leaves in one step and takes with it everything that came with it.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from meetings import Refused

log = logging.getLogger(__name__)

_recordings: dict[int, asyncio.Task[None]] = {}


async def seed(parts: Any) -> tuple[str | None, str | None]:
    """The records of the sample's meeting at hand and of its past one, made first where nothing else was.

    Where somebody has begun for real, or the sample was removed: (None, None). A sample that was begun and cut off
    is made anew. The recording of the past meeting is made in the background; `stop` ends that.
    """
    from server.sample.community import AT_HAND, COMMUNITY, PAST

    accounts = parts.accounts
    begun = await accounts.estates.community(COMMUNITY) is not None
    if not begun and (await accounts.estates.overview() or await accounts.people.people(None, limit=1)):
        return None, None
    if begun and not await _whole(parts, AT_HAND):
        await remove(parts)
        begun = False
    if not begun:
        await _make(parts)
    if parts.settings.sample_recording:
        _recordings[id(parts)] = asyncio.create_task(_record(parts, PAST), name="recording of the sample")
    return AT_HAND, PAST


async def stop(parts: Any) -> None:
    """End the making of the recording, if it still goes on; the next start begins it again."""
    task = _recordings.pop(id(parts), None)
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def remove(parts: Any) -> None:
    """Take the sample away: its people, places, records and pictures."""
    await stop(parts)
    from server.sample.community import COMMUNITY

    for record in await parts.accounts.remove_sample():
        await parts.desks.remove(record)
        await parts.media.remove(record)
    await parts.desks.remove(f"docket:{COMMUNITY}")


async def _make(parts: Any) -> None:
    from server.sample.cast import Cast
    from server.sample.community import COMMUNITY, ESTATE, PAST, make_community, make_docket, make_meeting
    from server.sample.past import hold
    from server.sample.programme import read_council

    at = parts.desks.clock()
    council = read_council()
    cast = Cast(council)
    await make_community(parts.accounts, cast, at)
    await make_docket(parts, cast, council, at)
    await parts.accounts.place_meeting(PAST, COMMUNITY, ESTATE, at, sample=True)
    await parts.desks.create(PAST, COMMUNITY, at)
    await hold(parts.desks, PAST, council)
    # Last: its being announced says that all of the sample is there.
    await make_meeting(parts, cast, council, at)


async def _whole(parts: Any, at_hand: str) -> bool:
    try:
        async with parts.desks.reading(at_hand) as room:
            return bool(room.phase != "draft")
    except Refused:
        return False


async def _record(parts: Any, past: str) -> None:
    """Make the past meeting's recording unless it is whole; a failure is logged, the archive stands without it."""
    from server.sample.keeping import keep_in_background
    from server.sample.programme import programme, read_council

    if parts.media.recorded(past) >= programme(read_council()).seconds - 1:
        return
    begin = asyncio.get_running_loop().time()
    try:
        await keep_in_background(parts.settings.data / "sample-recording.mp4", parts.media.root, past)
    except OSError as error:
        log.warning("the sample's recording could not be made: %s", error)
        return
    parts.media.reload(past)
    log.info("the sample's recording is there after %.0f s", asyncio.get_running_loop().time() - begin)
