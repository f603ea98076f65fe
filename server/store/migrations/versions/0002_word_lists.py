"""The word lists of every community, each version for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('word_lists',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('community', sa.String(length=64), nullable=False),
    sa.Column('version', sa.String(length=16), nullable=False),
    sa.Column('phrases', sa.LargeBinary(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_word_lists')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_word_lists_community_n', 'word_lists', ['community', 'n'], unique=False)
