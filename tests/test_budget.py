"""What a screen costs on the way to a phone: bytes and requests may fail the build, seconds never."""

import json

import pytest

from server import setup

KIB = 1024
# Compressed bytes of scripts with the catalogue, of styles, and how many files, before the player is asked for.
BUDGETS = {
    "room": (60 * KIB, 8 * KIB, 6),
    "desk": (200 * KIB, 16 * KIB, 10),
    "answer": (120 * KIB, 16 * KIB, 10),
    "studio": (200 * KIB, 16 * KIB, 10),
    "screen": (120 * KIB, 16 * KIB, 10),
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
