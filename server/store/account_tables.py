"""Tables of places, people and ways in. Plain rows that may be changed and erased: nothing of them is a fact.

Times are integers, milliseconds since 1970 UTC. Areas are integers of 0.01 m².
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from server.store.tables import metadata

ID = String(64)


def _to(target: str, *, null: bool = False) -> Column[str]:
    """A column that points at the `id` of another table and disappears with it."""
    name = {"communities": "community"}.get(target, target.removesuffix("s"))
    return Column(name, ID, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=null, index=True)


communities = Table(
    "communities",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False, default=""),
    Column("district", Text, nullable=False, default=""),
    Column("street", Text, nullable=False, default=""),
    Column("phone", Text, nullable=False, default=""),
    Column("sample", Boolean, nullable=False, default=False),
    Column("created_at", BigInteger, nullable=False),
)

estates = Table(
    "estates",
    metadata,
    Column("id", ID, primary_key=True),
    _to("communities"),
    Column("name", Text, nullable=False),
    # `owners`: the roster names owners and areas. `households`: public rental or self-managed, residents only.
    Column("roster", String(16), nullable=False),
    Column("roster_at", BigInteger),
    Column("roster_digest", String(64)),
    Column("created_at", BigInteger, nullable=False),
)

buildings = Table(
    "buildings",
    metadata,
    Column("id", ID, primary_key=True),
    _to("estates"),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("estate", "name"),
)

stairs = Table(
    "stairs",
    metadata,
    Column("id", ID, primary_key=True),
    _to("buildings"),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("building", "name"),
)

units = Table(
    "units",
    metadata,
    Column("id", ID, primary_key=True),
    _to("estates"),
    _to("buildings", null=True),
    _to("stairs", null=True),
    Column("number", Text, nullable=False),
    Column("floor", Text, nullable=False, default=""),
    Column("room", Text, nullable=False, default=""),
    Column("use", String(16), nullable=False),
    Column("area_c", Integer),
    Column("area_basis", String(16), nullable=False, default=""),
    Column("delivery_status", String(24), nullable=False, default=""),
    Column("household", Text, nullable=False),
    Column("owner_type", String(16), nullable=False, default=""),
    Column("occupancy", String(16), nullable=False, default=""),
    Column("grid", Text, nullable=False, default=""),
    Column("remark", Text, nullable=False, default=""),
    Column("counted", Boolean, nullable=False),
    # False: no longer in the newest roster, kept because people joined for it.
    Column("listed", Boolean, nullable=False, default=True),
    Column("position", Integer, nullable=False),
    UniqueConstraint("estate", "number"),
)

owners = Table(
    "owners",
    metadata,
    Column("id", ID, primary_key=True),
    _to("units"),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("representative", Boolean, nullable=False, default=False),
    # Never the number itself: enough to compare, and to tell two people apart at the door.
    Column("phone_hash", LargeBinary),
    Column("phone_last4", String(4)),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", ID, primary_key=True),
    _to("communities", null=True),
    Column("name", Text, nullable=False),
    Column("call", Text, nullable=False, default=""),
    Column("way", String(16), nullable=False, default="building"),
    # The word under which a start prints this person's link: host, moderator2, resident …
    Column("part", String(24)),
    Column("sample", Boolean, nullable=False, default=False),
    Column("created_at", BigInteger, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("account", ID, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("version", String(32), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

unit_people = Table(
    "unit_people",
    metadata,
    Column("account", ID, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("unit", ID, ForeignKey("units.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", String(16), nullable=False),
    Column("said_at", BigInteger, nullable=False),
    # `code`, `door`, `office`; with by whom and when. All empty: only said, not proved.
    Column("proved_how", String(16)),
    Column("proved_by", ID),
    Column("proved_at", BigInteger),
)

role_grants = Table(
    "role_grants",
    metadata,
    Column("id", ID, primary_key=True),
    _to("accounts"),
    # No community: the whole installation.
    _to("communities", null=True),
    Column("record", Text),
    Column("role", String(24), nullable=False),
    Column("badge", Text, nullable=False, default=""),
    Column("title", Text, nullable=False, default=""),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("granted_by", ID, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

links = Table(
    "links",
    metadata,
    Column("id", ID, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _to("accounts"),
    Column("role", String(24), nullable=False),
    Column("record", Text, index=True),
    # Printed at a start: may be entered repeatedly, by any number of devices, until that process ends.
    Column("repeatable", Boolean, nullable=False, default=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("made_by", ID, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _to("accounts"),
    _to("links", null=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("agent", String(48), nullable=False, default=""),
    Column("revoked_at", BigInteger),
)

codes = Table(
    "codes",
    metadata,
    Column("unit", ID, ForeignKey("units.id", ondelete="CASCADE"), primary_key=True),
    # The code is drawn from the key, the unit and this number: raising it makes printed letters worthless.
    Column("serial", Integer, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", ID, nullable=False),
    Column("used_by", ID),
    Column("used_at", BigInteger),
)

code_tries = Table(
    "code_tries",
    metadata,
    Column("id", ID, primary_key=True),
    _to("units"),
    Column("at", BigInteger, nullable=False),
)

meeting_places = Table(
    "meeting_places",
    metadata,
    Column("record", Text, primary_key=True),
    _to("communities"),
    _to("estates", null=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("sample", Boolean, nullable=False, default=False),
    Column("created_at", BigInteger, nullable=False),
    Column("archived_at", BigInteger),
)

server_keys = Table(
    "server_keys",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

account_changes = Table(
    "account_changes",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("account", ID, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

Index("role_grants_by_record", role_grants.c.record)
