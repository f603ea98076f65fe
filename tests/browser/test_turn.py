"""Guests round a network that lets nobody through directly: the TURN server of the settings, a real coturn."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.browser.show import CLEAR_DB, LAWYER, PHONE, RED, SHARE, Show
from tests.engines import Served, eventually, free_port, serve, until
from tests.media.guest import devices

COTURN = shutil.which("turnserver")
SECRET = "what-both-know"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(COTURN is None, reason="no coturn on this machine"),
]

RELAY_ONLY = """
(() => {
  window.lines = []
  const Real = RTCPeerConnection
  window.RTCPeerConnection = class extends Real {
    constructor(how) {
      super({ ...how, iceTransportPolicy: 'relay' })
      window.lines.push(this)
    }
  }
})();
"""
"""Init script of a page: no address of its own is used, only what a TURN server lends."""

WAY = """
async () => {
  const line = lines.findLast((one) => one.connectionState === 'connected')
  if (!line) return null
  const stats = await line.getStats()
  const pair = [...stats.values()].find((one) => one.type === 'candidate-pair' && one.nominated)
  return pair && [stats.get(pair.localCandidateId).candidateType, pair.bytesReceived > 20000]
}
"""
"""Run in a page: the kind of address its line stands on, and whether something came over it."""


class Turn(NamedTuple):
    """Where a coturn listens."""

    url: str
    log: Path


def _own_address() -> str:
    """An address of this machine that is not its loopback: browsers use no other for calls."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("a machine without any network")
        return str(probe.getsockname()[0])


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    """A coturn that knows the secret."""
    assert COTURN
    folder, address, port = tmp_path_factory.mktemp("turn"), _own_address(), free_port()
    log = folder / "log"
    words = [
        "-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", "--realm", "council",
        "--static-auth-secret", SECRET, "--listening-ip", address, "--relay-ip", address,
        "--listening-port", str(port), "--log-file", str(log), "--simple-log", "--verbose",
        "--db", str(folder / "db"), "--pidfile", str(folder / "pid"),
    ]  # fmt: skip
    process = subprocess.Popen([COTURN, *words], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((address, port)) == 0

    try:
        until(listens, what="coturn")
        yield Turn(f"turn:{address}:{port}?transport=udp", log)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def hall(turn: Turn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = {"SUN_TURN_URLS": turn.url, "SUN_TURN_SECRET": SECRET}
    with serve(tmp_path_factory.mktemp("turned"), settings=settings, patience=120) as served:
        yield served


async def test_a_guest_comes_on_stage_over_the_turn_server_of_the_settings(
    hall: Served, turn: Turn, open_page: Any
) -> None:
    show = Show(hall, open_page)
    await show.begin(RELAY_ONLY)
    lawyer = await show.enter(
        await open_page("about:blank", **PHONE), "lawyer", RELAY_ONLY + devices("rgb(200,0,0)", LAWYER)
    )
    await show.ready(await show.open_stage(lawyer), "direct")
    await show.take("纳文慧")
    await show.arrives(lambda now: now.shows(RED) > SHARE, "the picture")
    await show.arrives(lambda now: now.hears(LAWYER) > CLEAR_DB, "the voice")
    for page in (show.studio, lawyer):
        await eventually(lambda page=page: over_turn(page), what="sound and picture over the TURN server")
    assert "ALLOCATE processed, success" in turn.log.read_text()


async def over_turn(page: Any) -> bool:
    return bool(await page.evaluate(WAY) == ["relay", True])
