"""The tables of the records: what was said and done, kept for ever, and what is rebuilt from it.

Accounts keep theirs in `account_tables`. Holds no query.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

records = Table(
    "records",
    metadata,
    Column("record", String(80), primary_key=True),
    Column("community", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # The row lock of a record: its last number, the link and the time of that line.
    Column("head", BigInteger, nullable=False),
    Column("link", LargeBinary(32), nullable=False),
    Column("at", BigInteger, nullable=False),
)

facts = Table(
    "facts",
    metadata,
    Column("record", String(80), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("type", String(64), nullable=False),
    # Erasure empties data and salt; digest and link stay, so the chain still verifies.
    Column("data", LargeBinary, nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("link", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

slips = Table(
    "slips",
    metadata,
    # Choices of anonymous polls, apart from the record: by a name that tells nothing, without time, person or number,
    # and without a row number that would tell the order in which they came.
    Column("id", String(64), primary_key=True),
    Column("record", String(80), nullable=False),
    Column("motion", String(64), nullable=False),
    Column("sealed", String(32), nullable=False),
    sqlite_with_rowid=False,
)

register = Table(
    "register",
    metadata,
    Column("record", String(80), primary_key=True),
    Column("community", String(64), nullable=False),
    Column("phase", String(32), nullable=False),
    Column("starts_at", BigInteger, nullable=True),
    Column("sample", Integer, nullable=False),
    Column("card", LargeBinary, nullable=False),
    Index(None, "community", "starts_at"),
)

applause = Table(
    "applause",
    metadata,
    Column("record", String(80), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

visits = Table(
    "visits",
    metadata,
    Column("record", String(80), primary_key=True),
    Column("visitor", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
