"""Terms without the word that outlive their meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('terms',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=False),
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('person', sa.String(length=64), nullable=False),
    sa.Column('shown', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.LargeBinary(), nullable=False),
    sa.Column('appealed', sa.Boolean(), nullable=False),
    sa.Column('lifted_at', sa.BigInteger(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_terms'))
    )
    op.create_index('ix_terms_community_until', 'terms', ['community', 'until'])
    op.create_index(op.f('ix_terms_record'), 'terms', ['record'])
