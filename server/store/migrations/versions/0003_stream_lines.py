"""The keys of encoders and the addresses pushed to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stream_lines',
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('old', sa.LargeBinary(length=32), nullable=True),
    sa.Column('renewed_at', sa.BigInteger(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('pushed', sa.Boolean(), nullable=False),
    sa.Column('viewers', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('record', name=op.f('pk_stream_lines')),
    sqlite_with_rowid=False
    )
