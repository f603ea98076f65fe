"""Every setting of the server: its meaning, its default, and the environment variable that gives it.

The command line stands over the environment, the environment over the defaults. Refuses to start with a
variable it does not know or a value it cannot read: a limit misspelt is a limit not set.
"""

from __future__ import annotations

import os
from dataclasses import Field, dataclass, field, fields
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX = "SUN_"
KIB = 1024
GIB = 1024**3
HIGHEST_PORT = 65_535
# Read by the tests alone.
OF_TESTS = {"SUN_TEST_DATABASE_URL", "SUN_TEST_REDIS_URL"}


class SettingError(Exception):
    """A setting cannot be used; the text is the one line to show."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds, written `10/10`."""

    count: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.count}/{self.seconds:g}"


def setting(default: Any, text: str) -> Any:
    """A field with the sentence that explains it."""
    return field(default=default, metadata={"text": text})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person, one session or one address may do. For crowds behind one address raise the latter."""

    event_bytes: int = setting(16 * KIB, "Largest message on a socket, in bytes.")
    json_bytes: int = setting(64 * KIB, "Largest JSON body of a request, in bytes.")
    upload_bytes: int = setting(8 * KIB * KIB, "Largest uploaded file (a roster), in bytes.")
    comments: Rate = setting(Rate(2, 3), "Comments of one person.")
    comments_pause: float = setting(10, "Seconds a person waits after too many comments.")
    questions: Rate = setting(Rate(1, 30), "Questions of one person.")
    supports: Rate = setting(Rate(10, 10), "Supports given or taken back by one person.")
    polls: Rate = setting(Rate(5, 10), "Poll answers of one person.")
    sheets: Rate = setting(Rate(6, 60), "Answers of one person to questionnaires.")
    ballots: Rate = setting(Rate(10, 60), "Votes one person sends, of all the homes they speak for.")
    commands: Rate = setting(Rate(60, 3), "All commands of one session, staff included.")
    requests: Rate = setting(Rate(100, 5), "Requests of one session over HTTP.")
    requests_per_address: Rate = setting(
        Rate(2_000, 10), "Requests of one address; a whole hall may share one."
    )
    wrong_codes: Rate = setting(Rate(5, 3_600), "Wrong invitation codes for one unit.")
    joins_per_address: Rate = setting(
        Rate(2_000, 600), "People who join from one address; a hall may share one."
    )
    link_devices: int = setting(3, "Devices on which one personal link works.")
    unit_people: int = setting(12, "People who may join for one unit.")
    session_days: int = setting(180, "Days after which a browser is asked to come in again.")
    idle_days: int = setting(60, "Days without a visit after which a browser is asked to come in again.")
    roster_rows: int = setting(20_000, "Rows of one roster file.")
    sockets_per_session: int = setting(6, "Sockets of one session; the newcomer is refused.")
    sockets_per_address: int = setting(1_000, "Sockets of one address; the newcomer is refused.")
    handshakes: Rate = setting(Rate(300, 1), "New sockets in total; beyond it 503 with a time to come again.")
    queue_events: int = setting(500, "Messages that may wait for one socket before it is told to come again.")
    queue_bytes: int = setting(
        256 * KIB, "Bytes that may wait for one socket before it is told to come again."
    )
    signals: Rate = setting(
        Rate(240, 10), "Messages by which one person's browser finds its way to the stage."
    )
    keepalive_seconds: float = setting(30, "How long an idle connection is kept.")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one start."""

    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for every network of the machine.")
    port: int = setting(8000, "Port to listen on; 0 picks a free one.")
    data: Path = setting(Path("data"), "Folder of the database, the recordings and the keys.")
    workers: int = setting(1, "Processes that serve; more than one needs PostgreSQL and Redis.")
    public_url: str | None = setting(None, "Address residents use, for every QR code, link and letter.")
    tls_cert: Path | None = setting(None, "Certificate chain (PEM): with the key, serve HTTPS.")
    tls_key: Path | None = setting(None, "Key of the certificate (PEM).")
    empty: bool = setting(default=False, text="Start without the sample community.")
    sample_recording: bool = setting(
        default=True,
        text="Make the recording of the sample's past meeting, in the background, at the first start.",
    )
    json: bool = setting(
        default=False, text="Print one line of JSON when ready, everything else to standard error."
    )
    database_url: str = setting(
        "", "Database, `postgresql://…` or `sqlite:///…`; without it, SQLite in the data folder."
    )
    redis_url: str | None = setting(
        None, "Redis, `redis://…`, as bell between processes; without it, a bell inside the one process."
    )
    trusted_proxies: int = setting(
        0, "How many reverse proxies of yours stand before the server (X-Forwarded-For)."
    )
    media_window_seconds: float = setting(
        60, "Length of live video a player may go back without asking for all."
    )
    media_delay_seconds: float = setting(
        3, "How far live players stay behind, in seconds; 2 is livelier and asks for better lines."
    )
    media_parts: bool = setting(
        default=False,
        text="Offer live video in pieces of a third of a second too: less delay for small rooms, dear for many.",
    )
    uplink_mbit: float = setting(
        0,
        "What the line out carries, in Mbit/s; 0: not said. Viewers beyond it begin with the thin picture or sound.",
    )
    media_base_url: str | None = setting(
        None,
        "Another address of live segments, of meetings anybody may watch: a cache or network that asks this server.",
    )
    media_store_url: str | None = setting(
        None, "An S3 store with its bucket, like https://s3.example/council: live segments are put there."
    )
    media_store_key: str | None = setting(None, "Key of the store.")
    media_store_secret: str | None = setting(None, "Secret of the store.")
    media_store_region: str = setting("us-east-1", "Region of the store, as its maker calls it.")
    media_memory_seconds: float = setting(30, "Length of live video held in memory; older comes from disk.")
    recogniser: str = setting(
        "", "Command of a local speech recogniser: sound of live streams in, lines of JSON out; off without."
    )
    media_disk_alarm_bytes: int = setting(2 * GIB, "Free disk below which the staff are warned.")
    stage_guests: int = setting(
        3, "Guests on the stage the host's machine is trusted with; beyond it the studio shows a hint."
    )
    stun_urls: str = setting(
        "", "STUN servers for guests on the stage, `stun:host:3478`, several with commas between."
    )
    turn_urls: str = setting(
        "", "TURN servers for guests without a direct way, `turn:host:3478` or `turns:host:443`, with commas."
    )
    turn_secret: str = setting(
        "", "Secret shared with the TURN servers (coturn: static-auth-secret); a guest's key lasts an hour."
    )
    rtmp_port: int | None = setting(
        None, "Port on which OBS and hall encoders publish by RTMP (1935 is usual); off without. 0 picks one."
    )
    rtmp_host: str = setting(
        "127.0.0.1",
        "Address of that port. RTMP is clear text: open it to the hall's network or a VPN, no wider.",
    )
    media_server: str | None = setting(
        None,
        "Where encoders reach a media server of yours, `rtmp://council.example/live`; shown in the studio.",
    )
    media_server_pull: str | None = setting(
        None, "Where this server fetches those streams, `rtmp://nginx/live`; its hook is off without."
    )
    media_hook_from: str = setting(
        "", "Addresses or networks the media server asks the hook from, `172.18.0.0/16, 10.0.0.7`."
    )
    media_hook_secret: str = setting("", "What the media server adds to the hook's address: `?secret=…`.")
    push_private: bool = setting(
        default=False, text="Let the stream be pushed to addresses of this machine and private networks too."
    )
    duty_away_seconds: float = setting(
        120, "How long the desk of somebody on duty may be away before everything is reviewed first again."
    )
    limits: Limits = field(default_factory=Limits)

    @property
    def secure(self) -> bool:
        """Whether browsers reach this start over HTTPS, by its own certificate or a proxy's."""
        return self.tls_cert is not None or (self.public_url or "").startswith("https:")


class Variable(NamedTuple):
    """One environment variable and the field it gives."""

    name: str
    field: Field[Any]
    kind: Any
    of_limits: bool


def variables() -> Iterator[Variable]:
    """Every environment variable that is understood, in the order of the documentation."""
    for group, prefix in ((Settings, PREFIX), (Limits, PREFIX + "LIMIT_")):
        kinds = get_type_hints(group)
        for one in fields(group):
            if one.name != "limits":
                yield Variable(prefix + one.name.upper(), one, kinds[one.name], group is Limits)


def load(given: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from what the command line gave (None: not given) over the environment over the defaults.

    Raises SettingError with one line a person can act on.
    """
    known = {variable.name: variable for variable in variables()}
    values: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for name, text in sorted(environment.items()):
        if not name.startswith(PREFIX) or name in OF_TESTS:
            continue
        if name not in known:
            raise SettingError(f"unknown setting {name} in the environment (see docs/running.md)")
        variable = known[name]
        target = limits if variable.of_limits else values
        target[variable.field.name] = read(variable, text)
    values |= {name: value for name, value in given.items() if value is not None}
    values["data"] = Path(values.get("data", Settings.__dataclass_fields__["data"].default)).absolute()
    values["database_url"] = database(values.get("database_url") or "", values["data"])
    settings = Settings(**values, limits=Limits(**limits))
    check(settings)
    return settings


def read(variable: Variable, text: str) -> Any:
    """The value a variable's text stands for."""
    kind = str(variable.kind)
    optional, kind = "None" in kind, kind.replace(" | None", "")
    try:
        if optional and not text:
            return None
        if "Rate" in kind:
            count, seconds = text.split("/")
            return Rate(int(count), float(seconds))
        if "bool" in kind:
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        if "Path" in kind:
            return Path(text).absolute()
        for number, make in (("int", int), ("float", float)):
            if number in kind:
                return make(text)
    except (ValueError, KeyError) as error:
        wanted = {"bool": "1 or 0", "Rate": "like 10/10"}
        want = next((hint for word, hint in wanted.items() if word in kind), "a number")
        raise SettingError(f"{variable.name}={text!r} cannot be read: it is {want}") from error
    return text


def database(url: str, data: Path) -> str:
    """The URL with the driver that waits without holding others up."""
    if not url:
        return f"sqlite+aiosqlite:///{data / 'council.sqlite3'}"
    for plain, driven in (
        ("postgres://", "postgresql+asyncpg://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("sqlite://", "sqlite+aiosqlite://"),
    ):
        if url.startswith(plain):
            return driven + url.removeprefix(plain)
    if not url.startswith(("postgresql+asyncpg://", "sqlite+aiosqlite://")):
        raise SettingError(f"database_url is neither postgresql:// nor sqlite:///: {url.split(':', 1)[0]}:…")
    return url


def check(settings: Settings) -> None:
    """Refuse what can be read but cannot work."""
    if not 0 <= settings.port <= HIGHEST_PORT:
        raise SettingError(f"port {settings.port} is not between 0 and {HIGHEST_PORT}")
    if settings.workers < 1:
        raise SettingError("workers must be 1 or more")
    if settings.workers > 1 and (settings.redis_url is None or settings.database_url.startswith("sqlite")):
        raise SettingError(
            "more than one worker needs PostgreSQL (SUN_DATABASE_URL) and Redis (SUN_REDIS_URL)"
        )
    if settings.rtmp_port is not None and settings.rtmp_port > HIGHEST_PORT:
        raise SettingError(f"rtmp_port {settings.rtmp_port} is not between 0 and {HIGHEST_PORT}")
    for text in (settings.media_server, settings.media_server_pull):
        if text is not None and urlsplit(text).scheme not in {"rtmp", "rtmps"}:
            raise SettingError("media_server and media_server_pull are like rtmp://host/live")
    for network in filter(None, (part.strip() for part in settings.media_hook_from.split(","))):
        try:
            ip_network(network)
        except ValueError as error:
            raise SettingError(f"media_hook_from: {error}") from error
    if settings.media_server_pull and not (settings.media_hook_from or settings.media_hook_secret):
        raise SettingError("media_server_pull needs media_hook_from or media_hook_secret")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingError("--tls-cert and --tls-key go together")
    for path in (settings.tls_cert, settings.tls_key):
        if path is not None and not path.is_file():
            raise SettingError(f"no such file: {path}")
    if settings.public_url is not None:
        parts = urlsplit(settings.public_url)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.path.strip("/")
            or parts.query
        ):
            raise SettingError("public_url is like https://council.example, without a path")
    for name in ("media_base_url", "media_store_url"):
        url = urlsplit(getattr(settings, name) or "https://none.example")
        if url.scheme not in {"http", "https"} or not url.hostname or url.query:
            raise SettingError(f"{name} is like https://media.example/path")
    if settings.media_store_url and not (settings.media_store_key and settings.media_store_secret):
        raise SettingError("media_store_url needs media_store_key and media_store_secret")
    for group in (settings, settings.limits):
        for one in fields(group):
            value = getattr(group, one.name)
            numbers = (value.count, value.seconds) if isinstance(value, Rate) else (value,)
            if any(isinstance(number, int | float) and number < 0 for number in numbers):
                raise SettingError(f"{one.name} cannot be negative")


def is_loopback(url: str | None) -> bool:
    """Whether an address is reachable from this machine alone, so that no phone can open it."""
    host = urlsplit(url or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def running() -> str:
    """The text of docs/running.md."""
    lines = [
        "# Running the council",
        "",
        "Generated from `server/config.py` by `python3 -m server words`; `python3 -m server check` keeps it fresh.",
        "",
        "The command line (`python3 -m server --help`) stands over the environment, the environment over the",
        "defaults. A variable that begins with `SUN_` and is not in this table stops the start, and so does a",
        "value that cannot be read. A rate is written `10/10`: ten in ten seconds.",
        "",
    ]
    for title, of_limits in (("Settings", False), ("Limits", True)):
        lines += [f"## {title}", "", "| variable | default | meaning |", "|---|---|---|"]
        for variable in variables():
            if variable.of_limits is of_limits:
                shown = variable.field.default
                plain = int(shown) if isinstance(shown, bool) else shown
                default = "" if shown is None or shown == "" else f"`{plain}`"
                lines.append(f"| `{variable.name}` | {default} | {variable.field.metadata['text']} |")
        lines.append("")
    return "\n".join(lines)
