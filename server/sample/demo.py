"""`python3 -m server demo`: the sample council, opened and alive, for people who only want to look.

Simulated residents come to the real door with real sockets; the picture is a generated loop played as if live.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from server.accounts import Accounts
from server.ids import new_id
from server.live.bus import LocalBus
from server.live.desk import Desks
from server.media import play_file
from server.media.playback import folder
from server.sample.cast import Cast, households, own_id
from server.sample.community import AT_HAND, COMMUNITY, make_meeting
from server.sample.crew import GOING, Crew
from server.sample.evening import COMMENTS, QUESTIONS, ROUND_SECONDS, Act, plan
from server.sample.programme import read_council
from server.sample.visitor import Turned, Visitor
from server.store import open_store

if TYPE_CHECKING:
    from server.app import Parts
    from server.config import Settings

log = logging.getLogger(__name__)

SEED = 2026
RESIDENTS = 24
LOOP_SECONDS = 90
CALLS = ("女士", "先生", "阿姨", "师傅")


def main(settings: Settings) -> int:
    """Serve, and let the sample's people in once the server listens. Gives the exit code of serving."""
    from server import app

    asyncio.run(renew(settings))
    return app.main(settings, beside=play)


async def renew(settings: Settings) -> None:
    """Make the meeting at hand anew where the last demo's was ended; all else of the sample stays."""
    store = await open_store(settings.database_url, data=settings.data)
    accounts, desks = Accounts(store, settings), Desks(store, LocalBus())
    try:
        if await accounts.meeting_of(AT_HAND) is None:
            return
        async with desks.reading(AT_HAND) as room:
            over = room.phase not in GOING
        if over:
            await desks.remove(AT_HAND)
            shutil.rmtree(folder(settings.data / "media", AT_HAND), ignore_errors=True)
            council = read_council()
            await make_meeting(
                SimpleNamespace(accounts=accounts, desks=desks), Cast(council), council, desks.clock()
            )
    finally:
        await store.close()


async def play(parts: Parts, ready: dict[str, Any]) -> None:
    """Play the sample's meeting at hand until it is ended or this is cancelled."""
    if ready["record"] != AT_HAND:
        log.warning("there is no sample meeting in this folder to play")
        return
    cast = Cast(read_council())

    async def visitor(person: str) -> Visitor:
        return Visitor(parts.base_url, AT_HAND, await _cookie(parts, person), insecure=parts.settings.secure)

    host, moderator, technician, lawyer, deputy = [await visitor(cast.id_of(f"P0{n}")) for n in range(1, 6)]
    audience = [await visitor(person) for person in await residents(parts, RESIDENTS)]
    film = await loop_film(parts.settings.data)
    crew = Crew(host, moderator, technician, (lawyer, deputy))
    try:
        async with asyncio.TaskGroup() as group:
            around = [
                group.create_task(play_file(parts.media, AT_HAND, film)),
                group.create_task(live(audience)),
            ]
            await crew.work(LOOP_SECONDS)
            for task in around:
                task.cancel()
    except* Turned as turned:
        log.warning("the sample's people were not let in: %s", turned.exceptions[0])
    finally:
        for one in (host, moderator, technician, lawyer, deputy, *audience):
            await one.close()


async def _cookie(parts: Parts, person: str) -> str:
    value = await parts.accounts.open_session(person, parts.clock())
    return f"{parts.accounts.cookie_name(parts.base_url.startswith('https:'))}={value}"


async def residents(parts: Parts, count: int) -> list[str]:
    """Ids of so many residents of the sample, each proved for a unit of the roster and called by their surname."""
    homes = [home for home in households().values() if len(home[1]) <= 4][:count]
    people = []
    for place, (unit, name) in enumerate(homes):
        own = own_id(f"neighbour {unit}")
        if await parts.accounts.people.known(own) is None:
            await parts.accounts.create_person(
                COMMUNITY,
                name,
                call=name[0] + CALLS[place % len(CALLS)],
                own_id=own,
                unit=unit,
                sample=True,
                at=parts.clock(),
            )
        people.append(own)
    return people


async def loop_film(data: Path) -> Path:
    """The loop, made once in a process of its own and kept in the data folder."""
    film = data / "sample-loop.mp4"
    if not film.exists():
        making = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import os, sys; os.nice(10); from pathlib import Path; from server.sample.recording import make_loop;"
            "make_loop(Path(sys.argv[1]), int(sys.argv[2]))",
            os.fspath(film.resolve()),
            str(LOOP_SECONDS),
            cwd=Path(__file__).resolve().parents[2],
        )
        if await making.wait() != 0:
            raise OSError("the sample's loop could not be made")
    return film


async def live(audience: list[Visitor], speed: float = 1.0) -> None:
    """Round after round of the audience's doings, each drawn from the next seed; questions are asked once.

    At `speed` 10 a minute of the plan takes six seconds.
    """
    seed, asked = SEED, set[int]()
    clock = asyncio.get_running_loop()
    while True:
        begin = clock.time()
        async with asyncio.TaskGroup() as group:
            for act in plan(seed, len(audience)):
                await asyncio.sleep(max(0.0, begin + act.at / speed - clock.time()))
                if act.what == "ask":
                    if act.number in asked:
                        continue
                    asked.add(act.number)
                group.create_task(_doing(audience[act.person], act))
        await asyncio.sleep(max(0.0, begin + ROUND_SECONDS / speed - clock.time()))
        seed += 1


async def _doing(visitor: Visitor, act: Act) -> None:
    """One doing; whatever fails is one resident's bad luck and stops nobody else."""
    try:
        await _do(visitor, act)
    except Exception as error:
        log.info("a resident of the sample could not %s: %s", act.what, error)


async def _do(visitor: Visitor, act: Act) -> None:
    if act.what == "leave":
        await visitor.leave()
        return
    if not visitor.here:
        await visitor.arrive()
    match act.what:
        case "ask":
            await visitor.do("question.ask", id=new_id(), kind="ask", text=QUESTIONS[act.number])
        case "comment":
            await visitor.do("comment.post", id=new_id(), text=COMMENTS[act.number])
        case "applaud":
            await visitor.applaud(act.number)
        case "support" | "waver":
            await _support(visitor, act)
        case "answer":
            for poll in visitor.all("poll"):
                if poll["state"] == "open":
                    await visitor.do("poll.answer", id=poll["id"], choice=act.number % len(poll["options"]))


async def _support(visitor: Visitor, act: Act) -> None:
    mine = (visitor.own.get("mine") or {}).get("supports") or []
    order = [one for one in (visitor.room.get("queue") or {}).get("order") or [] if one not in mine]
    if not order:
        return
    # Whoever looks further down takes the last there is.
    own = order[min(act.number, len(order) - 1)]
    if (await visitor.do("question.upvote", id=own, on=True)).get("ok") and act.what == "waver":
        await asyncio.sleep(5.0)
        await visitor.do("question.upvote", id=own, on=False)
