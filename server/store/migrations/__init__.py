"""The tables' history, forward only. Brings a database of any earlier state up to this release's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

# Any number will do, if every release takes the same.
_LOCK = 741_135


class NewerDatabase(Exception):
    """The database was written by a newer release; going back would lose what that one keeps."""


async def upgrade(engine: AsyncEngine) -> None:
    """Bring every table up to date, in one transaction: a failure leaves the database as it was."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Several workers start at once; the later ones wait and find nothing left to do.
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise NewerDatabase(
                "the database was written by a newer release of the council; use that one"
            ) from None
        raise
