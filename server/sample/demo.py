"""`python3 -m server demo`: the sample council, opened and alive, for people who only want to look.

Simulated residents come to the real door with real sockets; the picture is a generated loop played as if live.
"""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from server.sample.crew import Crew
from server.sample.evening import COMMENTS, QUESTIONS, ROUND_SECONDS, Act, plan
from server.sample.visitor import Turned, Visitor, new_id

log = logging.getLogger(__name__)

SEED = 2026
RESIDENTS = 24
LOOP_SECONDS = 90
_FIRST_BEATS = ("host", "moderator", "technician", "lawyer", "deputy")


def main(settings: Any) -> int:
    """Serve, and let the sample's people in once the server listens. Gives the exit code of serving."""
    from server import app

    return int(app.main(settings, beside=play) or 0)


async def play(parts: Any, ready: dict[str, Any]) -> None:
    """Play the meeting at hand until it is ended or this is cancelled."""
    record, url = ready["record"], ready["url"]
    if record is None:
        log.warning("there is no sample meeting in this folder to play")
        return
    cookies = await residents(parts, record, RESIDENTS)
    loop = await loop_film(parts.settings.data)
    insecure = url.startswith("https:")
    people = {key: Visitor(url, record, insecure=insecure) for key in _FIRST_BEATS}
    audience = [Visitor(url, record, cookie, insecure=insecure) for cookie in cookies]
    try:
        for key, visitor in people.items():
            await visitor.enter(ready["links"][key])
        crew = Crew(
            people["host"], people["moderator"], people["technician"], (people["lawyer"], people["deputy"])
        )
        work = asyncio.create_task(crew.work(LOOP_SECONDS))
        picture = asyncio.create_task(_picture(parts, record, loop))
        living = asyncio.create_task(live(audience, work))
        await work
        for task in (picture, living):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    except Turned as error:
        log.warning("the sample's people were not let in: %s", error)
    finally:
        for visitor in (*people.values(), *audience):
            await visitor.close()


async def residents(parts: Any, record: str, count: int) -> list[str]:
    """Fresh proved residents of the sample: the Cookie header of each."""
    name = parts.accounts.cookie_name(parts.settings.secure)
    values = await parts.accounts.crowd(record, count, parts.desks.clock())
    return [f"{name}={value}" for value in values]


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


async def _picture(parts: Any, record: str, film: Path) -> None:
    from server.media import play_file

    await play_file(parts.media, record, film)


async def live(audience: list[Visitor], work: "asyncio.Task[None]") -> None:
    """Round after round of the audience's doings, each drawn from the next seed; questions are asked once."""
    seed, asked = SEED, set[int]()
    clock = asyncio.get_running_loop()
    while not work.done():
        begin = clock.time()
        async with asyncio.TaskGroup() as group:
            for act in plan(seed, len(audience)):
                await asyncio.sleep(max(0.0, begin + act.at - clock.time()))
                if act.what == "ask":
                    if act.number in asked:
                        continue
                    asked.add(act.number)
                group.create_task(_doing(audience[act.person], act))
        await asyncio.sleep(max(0.0, begin + ROUND_SECONDS - clock.time()))
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
