"""The slips of anonymous polls."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('slips',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('motion', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slips')),
    sqlite_with_rowid=False
    )
