"""Runs the revisions inside the transaction that `upgrade` opened. There is no other way to run them."""

from alembic import context

import server.store.account_tables  # noqa: F401 - fills metadata
from server.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
