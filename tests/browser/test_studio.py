"""The host's studio: checks before going live, scenes and strip in the very picture, emergency, phones without a camera."""

from __future__ import annotations

import re
import struct
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import (
    WIDE,
    come_in,
    give,
    things,
    too_small,
    violations,
    wider_than_window,
)
from tests.browser.hall import SMALLEST, ask, clear, page_of
from tests.engines import eventually

if TYPE_CHECKING:
    from tests.engines import Served

pytestmark = pytest.mark.browser

RED, PAPER = (200, 16, 46), (255, 249, 238)
PROGRAMME = ".out canvas"
SEEN = ".player video"
PIXEL = """([pick, x, y]) => {
  const from = document.querySelector(pick)
  if (!from) return null
  const [w, h] = [from.videoWidth || from.width, from.videoHeight || from.height]
  if (!w || getComputedStyle(from).visibility === 'hidden') return null
  const canvas = Object.assign(document.createElement('canvas'), { width: 8, height: 8 })
  const paint = canvas.getContext('2d')
  paint.drawImage(from, w * x - 4, h * y - 4, 8, 8, 0, 0, 8, 8)
  return Array.from(paint.getImageData(4, 4, 1, 1).data.slice(0, 3))
}"""
"""The colour of a picture at a place, told in shares of its width and height; null while it is covered or away."""
LIGHT = """([pick, x, y, w, h]) => {
  const from = document.querySelector(pick)
  const [wide, high] = [from.videoWidth || from.width, from.videoHeight || from.height]
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 })
  const paint = canvas.getContext('2d')
  paint.drawImage(from, wide * x, high * y, wide * w, high * h, 0, 0, 160, 90)
  const data = paint.getImageData(0, 0, 160, 90).data
  let lit = 0
  for (let i = 0; i < data.length; i += 4) lit += data[i] > 150 && data[i + 1] > 150 && data[i + 2] > 90
  return lit
}"""
"""How many points of a part of a picture are as light as writing."""
STRIP = [0.32, 0.83, 0.66, 0.16]
SECOND_LINE = [0.32, 0.945, 0.66, 0.03]
NAME = [0.0, 0.83, 0.3, 0.16]


def png(colour: tuple[int, int, int]) -> dict[str, Any]:
    """A page of one colour, as a file that a host picks."""
    row = b"\0" + bytes(colour) * 320
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 320, 180, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * 180)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return {"name": "page.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + body}


def near(seen: list[int] | None, colour: tuple[int, int, int]) -> bool:
    """Whether a colour came through encoder and player as it was."""
    return seen is not None and all(abs(a - b) < 30 for a, b in zip(seen, colour, strict=True))


def green(seen: list[int] | None) -> bool:
    """Chromium's fake camera is green."""
    return seen is not None and seen[1] > seen[0] + 60 and seen[1] > seen[2] + 60


async def on_air(open_page: Any, served: Served, who: str = "host", **context: Any) -> Any:
    """A studio that sends."""
    page = await come_in(open_page, served, who, page_of(served, "studio"), **(WIDE | context))
    await page.locator(".golive:not([disabled])").click()
    await page.locator(".on-air .health .dot.ok").first.wait_for(timeout=20_000)
    return page


async def shows(page: Any, pick: str, x: float, y: float, true: Any, seconds: float = 45) -> None:
    """Wait until a picture has a colour at a place."""
    seen: list[Any] = [None]

    async def is_so() -> bool:
        seen[0] = await page.evaluate(PIXEL, [pick, x, y])
        return bool(true(seen[0]))

    try:
        await eventually(is_so, seconds, what="the colour")
    except TimeoutError:
        raise AssertionError(f"at {x}, {y} of {pick} is {seen[0]}") from None


async def end(page: Any) -> None:
    """Hold the button down until the picture has ended."""
    await page.locator(".stop").hover()
    await page.mouse.down()
    await page.locator(".golive").wait_for(timeout=10_000)
    await page.mouse.up()


@pytest.mark.timeout(240)
async def test_every_scene_and_the_question_on_air_are_in_the_very_picture_that_residents_get(
    hall: Served, open_page: Any
):
    studio = await on_air(open_page, hall)
    viewer = await come_in(open_page, hall, "resident", page_of(hall, "room"))
    await shows(studio, PROGRAMME, 0.5, 0.7, green)
    await shows(viewer, SEEN, 0.5, 0.7, green)

    # Material alone, then with the camera in its corner, then beside the speaker.
    await studio.set_input_files(
        ".pick input", {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    await studio.locator(".toast.bad").wait_for()
    assert await studio.locator(".sc.material").is_disabled(), "there is no material yet"
    await studio.set_input_files(".pick input", [png(RED), {**png(PAPER), "name": "second.png"}])
    await studio.locator(".sc.material").click()
    await shows(studio, PROGRAMME, 0.5, 0.4, lambda seen: near(seen, RED), 5)
    await shows(viewer, SEEN, 0.5, 0.4, lambda seen: near(seen, RED))
    await studio.locator(".sc.inset").click()
    await shows(studio, PROGRAMME, 0.875, 0.1, green, 5)
    await studio.locator(".sc.beside").click()
    await shows(studio, PROGRAMME, 0.2, 0.7, green, 5)
    await shows(studio, PROGRAMME, 0.8, 0.4, lambda seen: near(seen, RED), 5)
    await studio.locator(".mat button[aria-label]").nth(1).click()
    await shows(studio, PROGRAMME, 0.8, 0.4, lambda seen: near(seen, PAPER), 5)
    await studio.locator(".sc.camera").click()

    # The strip says what is asked for as long as it is asked, and who speaks.
    moderator = await come_in(open_page, hall, "moderator", page_of(hall, "desk"), **WIDE)
    await clear(moderator, hall)
    await eventually(lambda: _dark(studio, PROGRAMME, STRIP), what="the strip without a question")
    (asked,) = await ask(
        moderator,
        hall,
        "电梯什么时候修好？已经停了两个星期了，楼上有三位老人下不来，买菜看病都靠邻居背，物业一直说在等配件。",
        approve=True,
    )
    await give(moderator, hall, "question.call", id=asked)
    await eventually(lambda: _lit(studio, PROGRAMME, SECOND_LINE, 100), what="the question in the strip")
    await eventually(lambda: _lit(viewer, SEEN, SECOND_LINE, 100), what="the question at the residents'")
    assert await violations(studio) == []
    host = await studio.evaluate(LIGHT, [PROGRAMME, *NAME])
    people = [thing for name, thing in (await things(moderator, hall)).items() if name.startswith("person:")]
    lawyer = next(one for one in people if one["role"] == "lawyer")
    await studio.select_option("#named", lawyer["id"])
    await eventually(lambda: _other(studio, NAME, host), what="another name")
    await give(moderator, hall, "question.finish", id=asked)
    await eventually(lambda: _dark(studio, PROGRAMME, STRIP), what="the strip without a question")

    # Sent on to a platform, where nobody can press a link, the picture carries the way in to the room.
    push = f"{hall.url}/api/records/{hall.record}/push"
    said = await studio.request.post(
        push, data={"address": "rtmp://127.0.0.1:9/live/x", "on": True}, headers={"Origin": hall.url}
    )
    assert said.ok, await said.text()
    await shows(studio, PROGRAMME, 0.875, 0.04, lambda seen: near(seen, (255, 255, 255)))
    assert (await studio.request.post(push, data={"on": False}, headers={"Origin": hall.url})).ok

    # By now the players have told what they receive.
    await studio.locator(".health .rcv b").first.wait_for(timeout=40_000)

    # Paused at the desk: the card is there by itself, and goes.
    await give(studio, hall, "meeting.pause", reason="休息")
    await shows(viewer, SEEN, 0.1, 0.8, lambda seen: near(seen, PAPER))
    await give(studio, hall, "meeting.resume")
    await shows(studio, PROGRAMME, 0.5, 0.7, green, 5)
    await end(studio)


async def _lit(page: Any, pick: str, place: list[float], least: int) -> bool:
    return bool(await page.evaluate(LIGHT, [pick, *place]) > least)


async def _dark(page: Any, pick: str, place: list[float]) -> bool:
    return bool(await page.evaluate(LIGHT, [pick, *place]) < 20)


async def _other(page: Any, place: list[float], than: int) -> bool:
    return bool(abs(await page.evaluate(LIGHT, [PROGRAMME, *place]) - than) > 10)


async def test_the_emergency_button_takes_the_picture_from_every_page_and_marks_the_recording(
    hall: Served, open_page: Any
):
    studio = await on_air(open_page, hall)
    viewer = await come_in(open_page, hall, "resident", page_of(hall, "room"))
    await shows(viewer, SEEN, 0.5, 0.7, green)
    media = f"{hall.url}/media/{hall.record.replace(':', '-')}"

    async def public() -> float:
        answer = await viewer.request.get(f"{media}/live.m3u8?dvr=1")
        return sum(float(length) for length in re.findall(r"#EXTINF:([\d.]+)", await answer.text()))

    async def kept() -> float:
        answer = await studio.request.get(f"{media}/health")
        return float((await answer.json())["recorded_s"])

    before = await kept() - await public()
    pressed = time.monotonic()
    await studio.locator(".cut").click()
    await eventually(lambda: _gone(viewer), 5, what="the covered picture")
    print(f"gone from the viewer's page after {time.monotonic() - pressed:.2f} s")
    await studio.locator(".lack.gone").wait_for()
    stopped = await public()
    await eventually(lambda: _at_least(kept, stopped + before + 3), what="three more seconds recorded")
    assert await public() <= stopped + 1, "nothing is listed that was seen after the button"
    assert (await things(viewer, hall))["stream"]["state"] == "held"

    # Back with one press; what was held stays out of the public recording and in the kept one.
    await studio.locator(".cut.held").click()
    await shows(viewer, SEEN, 0.5, 0.7, green)
    await end(studio)
    recording = await viewer.request.get(f"{media}/recording.m3u8")
    length = sum(float(one) for one in re.findall(r"#EXTINF:([\d.]+)", await recording.text()))
    assert await kept() - length >= 3


async def _gone(page: Any) -> bool:
    return bool(await page.evaluate(PIXEL, [SEEN, 0.5, 0.5]) is None)


async def _at_least(figure: Any, least: float) -> bool:
    return bool(await figure() >= least)


async def test_where_the_server_refuses_to_hold_the_studio_covers_by_itself_even_over_a_reload(
    hall: Served, open_page: Any
):
    page = await come_in(open_page, hall, "host", page_of(hall, "studio"), **WIDE)
    await page.route("**/publish", lambda route: route.abort())
    await page.route_web_socket("**/publish", lambda socket: None)
    await page.locator(".golive:not([disabled])").click()
    await page.locator(".cut").click(timeout=10_000)
    await page.locator(".cut.held").wait_for()
    await shows(page, PROGRAMME, 0.1, 0.8, lambda seen: near(seen, PAPER), 5)
    await page.reload()
    await page.locator(".on-air .cut.held").wait_for(timeout=20_000)
    await shows(page, PROGRAMME, 0.1, 0.8, lambda seen: near(seen, PAPER), 5)
    await page.locator(".cut.held").click()
    await shows(page, PROGRAMME, 0.5, 0.7, green, 5)


async def test_the_check_tells_which_screens_of_the_hall_are_there_and_where_residents_come_in(
    hall: Served, open_page: Any
):
    page = await come_in(open_page, hall, "host", page_of(hall, "studio"), **WIDE)
    await page.locator(".golive:not([disabled])").wait_for()
    await page.locator("[data-check=screen].w").wait_for()
    await come_in(open_page, hall, "moderator", page_of(hall, "screen"), **WIDE)
    await page.locator("[data-check=screen]:not(.w)").wait_for(timeout=15_000)
    assert await page.locator("[data-check=captions].w a").get_attribute("href") == page_of(hall, "captions")
    code = await page.locator(".way .sub b").text_content()
    assert (await page.locator(".way .adr").text_content()).endswith(f"/m/{code}")
    assert await page.evaluate("document.querySelector('.way img').naturalWidth") > 0


LACKS = [
    ("Object.defineProperty(window, 'isSecureContext', { get: () => false })", "https://", "", False),
    (
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
        "127.0.0.1",
        "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86 Mobile MicroMessenger/8.0.30",
        True,
    ),
]


@pytest.mark.parametrize(("without", "says", "agent", "wechat"), LACKS, ids=["no https", "in WeChat"])
async def test_a_phone_without_a_camera_is_told_why_and_what_to_do(
    hall: Served, open_page: Any, without: str, says: str, agent: str, wechat: bool
):
    phone = {"viewport": {"width": 360, "height": 740}, **({"user_agent": agent} if agent else {})}
    page = await come_in(open_page, hall, "host", **phone)
    await page.add_init_script(without)
    await page.goto(hall.url + page_of(hall, "studio"))
    await page.locator(".why[role=alert] li").first.wait_for()
    assert await page.locator(".why li").count() == 3
    assert says in await page.locator(".why code").text_content()
    assert await page.locator(".why .menu").is_visible() is wechat
    assert await page.locator(".golive").is_disabled()
    assert await wider_than_window(page) == []
    assert await violations(page) == []


async def test_a_phone_with_no_camera_may_send_sound_alone_and_all_of_it_fits_a_small_screen(
    hall: Served, open_page: Any
):
    page = await come_in(open_page, hall, "host", viewport={"width": 360, "height": 740})
    await page.add_init_script(
        """const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
        navigator.mediaDevices.getUserMedia = (wanted) => wanted.video
          ? Promise.reject(new DOMException('', 'NotFoundError')) : real(wanted)"""
    )
    await page.goto(hall.url + page_of(hall, "studio"))
    await page.locator(".why .acts button").nth(1).click()
    await page.locator(".golive:not([disabled])").wait_for()
    assert await page.locator("#camera").input_value() == "none"
    for state in ("check", "air"):
        assert await wider_than_window(page) == [], state
        assert await page.evaluate(SMALLEST, 14) == [], state
        assert [one for one in await too_small(page, 36) if "vh" not in one] == [], state
        assert await violations(page) == [], state
        if state == "check":
            await page.locator(".golive").click()
            await page.locator(".on-air .health .dot.ok").first.wait_for(timeout=20_000)
    await end(page)
