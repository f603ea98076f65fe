"""What a screen costs on the way to a phone: bytes and requests may fail the build, seconds never."""

import gzip
import json

import aiohttp
import pytest
from aiohttp import web

from server import setup
from server.web import assets

KIB = 1024
# Compressed bytes of scripts with the catalogue, of styles, and how many files, before the player is asked for.
BUDGETS = {
    "room": (60 * KIB, 8 * KIB, 6),
    "desk": (200 * KIB, 16 * KIB, 10),
    "answer": (120 * KIB, 16 * KIB, 10),
    "studio": (200 * KIB, 16 * KIB, 10),
    "screen": (120 * KIB, 16 * KIB, 10),
    "ballot": (80 * KIB, 16 * KIB, 10),
    "docket": (80 * KIB, 16 * KIB, 10),
    "questionnaire": (80 * KIB, 16 * KIB, 10),
    "admin": (200 * KIB, 16 * KIB, 10),
}


@pytest.fixture(scope="session")
def manifest():
    """What Vite says it made."""
    setup.set_up(tests=True, tools=True)
    return json.loads((setup.DIST / ".vite" / "manifest.json").read_text())


def first_load(manifest, entry):
    """The files without which the screen is not there: what it imports, and its catalogue in one language."""
    wanted, seen = [entry], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        wanted += manifest[name].get("imports", [])
        wanted += [other for other in manifest[name].get("dynamicImports", []) if "catalogue:zh-CN" in other]
    return {manifest[name]["file"] for name in seen} | {
        css for name in seen for css in manifest[name].get("css", [])
    }


@pytest.mark.parametrize("screen", BUDGETS)
def test_a_screen_keeps_within_its_bytes_and_requests(manifest, screen):
    entry = f"src/screens/{screen}/main.ts"
    if entry not in manifest:
        pytest.skip(f"no screen {screen}")
    scripts, styles, requests = BUDGETS[screen]
    files = first_load(manifest, entry)
    size = {name: (setup.DIST / f"{name}.gz").stat().st_size for name in files}
    words = f"catalogue:zh-CN/{screen}"
    assert any(one["file"] in files for name, one in manifest.items() if name.partition("+")[0] == words)
    assert sum(bytes_ for name, bytes_ in size.items() if name.endswith(".css")) <= styles, size
    assert sum(bytes_ for name, bytes_ in size.items() if name.endswith(".js")) <= scripts, size
    assert len(files) <= requests, size


async def test_every_script_and_style_is_served_as_small_as_the_browser_can_read_it(manifest):
    app = web.Application()
    app.router.add_routes(assets.routes(setup.DIST))
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    files = {one["file"] for one in manifest.values()} | {
        css for one in manifest.values() for css in one.get("css", [])
    }
    async with aiohttp.ClientSession(auto_decompress=False) as http:

        async def asked(name, accepts):
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/static/{name}"
            async with http.get(url, headers={"Accept-Encoding": accepts}) as answer:
                assert answer.status == 200
                assert "immutable" in answer.headers["Cache-Control"]
                return answer.headers.get("Content-Encoding"), answer.headers.get("Vary"), await answer.read()

        for name in files:
            plain = (setup.DIST / name).read_bytes()
            way, vary, packed = await asked(name, "gzip, deflate, br")
            assert (way, vary) == ("br", "Accept-Encoding"), name
            assert packed == (setup.DIST / f"{name}.br").read_bytes()
            way, _, gzipped = await asked(name, "gzip")
            assert way == "gzip"
            assert gzip.decompress(gzipped) == plain
            assert len(packed) <= len(gzipped) + 16
            assert await asked(name, "identity") == (None, None, plain)
    await runner.cleanup()
