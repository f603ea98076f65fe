"""Records, places, people and ways in: every table of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account_changes',
    sa.Column('n', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_account_changes')),
    sqlite_autoincrement=True
    )
    op.create_table('applause',
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('record', 'key', name=op.f('pk_applause')),
    sqlite_with_rowid=False
    )
    op.create_table('communities',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('district', sa.Text(), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_communities'))
    )
    op.create_table('facts',
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(length=64), nullable=False),
    sa.Column('type', sa.String(length=64), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('link', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('record', 'seq', name=op.f('pk_facts')),
    sqlite_with_rowid=False
    )
    op.create_table('records',
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('head', sa.BigInteger(), nullable=False),
    sa.Column('link', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('record', name=op.f('pk_records'))
    )
    op.create_table('register',
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=False),
    sa.Column('phase', sa.String(length=32), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=True),
    sa.Column('sample', sa.Integer(), nullable=False),
    sa.Column('card', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('record', name=op.f('pk_register'))
    )
    op.create_index(op.f('ix_register_community_starts_at'), 'register', ['community', 'starts_at'], unique=False)
    op.create_table('server_keys',
    sa.Column('name', sa.String(length=24), nullable=False),
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_server_keys'))
    )
    op.create_table('visits',
    sa.Column('record', sa.String(length=80), nullable=False),
    sa.Column('visitor', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('record', 'visitor', name=op.f('pk_visits')),
    sqlite_with_rowid=False
    )
    op.create_table('accounts',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('call', sa.Text(), nullable=False),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('part', sa.String(length=24), nullable=True),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['community'], ['communities.id'], name=op.f('fk_accounts_community_communities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts'))
    )
    op.create_index(op.f('ix_accounts_community'), 'accounts', ['community'], unique=False)
    op.create_table('estates',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('roster', sa.String(length=16), nullable=False),
    sa.Column('roster_at', sa.BigInteger(), nullable=True),
    sa.Column('roster_digest', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['community'], ['communities.id'], name=op.f('fk_estates_community_communities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_estates'))
    )
    op.create_index(op.f('ix_estates_community'), 'estates', ['community'], unique=False)
    op.create_table('buildings',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('estate', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['estate'], ['estates.id'], name=op.f('fk_buildings_estate_estates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_buildings')),
    sa.UniqueConstraint('estate', 'name', name=op.f('uq_buildings_estate_name'))
    )
    op.create_index(op.f('ix_buildings_estate'), 'buildings', ['estate'], unique=False)
    op.create_table('consents',
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('version', sa.String(length=32), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_consents_account_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account', 'version', name=op.f('pk_consents'))
    )
    op.create_table('links',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('record', sa.Text(), nullable=True),
    sa.Column('repeatable', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_links_account_accounts'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
    sa.UniqueConstraint('digest', name=op.f('uq_links_digest'))
    )
    op.create_index(op.f('ix_links_account'), 'links', ['account'], unique=False)
    op.create_index(op.f('ix_links_record'), 'links', ['record'], unique=False)
    op.create_table('meeting_places',
    sa.Column('record', sa.Text(), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=False),
    sa.Column('estate', sa.String(length=64), nullable=True),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('archived_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['community'], ['communities.id'], name=op.f('fk_meeting_places_community_communities'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['estate'], ['estates.id'], name=op.f('fk_meeting_places_estate_estates'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record', name=op.f('pk_meeting_places')),
    sa.UniqueConstraint('code', name=op.f('uq_meeting_places_code'))
    )
    op.create_index(op.f('ix_meeting_places_community'), 'meeting_places', ['community'], unique=False)
    op.create_index(op.f('ix_meeting_places_estate'), 'meeting_places', ['estate'], unique=False)
    op.create_table('role_grants',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('community', sa.String(length=64), nullable=True),
    sa.Column('record', sa.Text(), nullable=True),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('badge', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('granted_by', sa.String(length=64), nullable=False),
    sa.Column('granted_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_role_grants_account_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['community'], ['communities.id'], name=op.f('fk_role_grants_community_communities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grants'))
    )
    op.create_index(op.f('ix_role_grants_account'), 'role_grants', ['account'], unique=False)
    op.create_index(op.f('ix_role_grants_community'), 'role_grants', ['community'], unique=False)
    op.create_index('role_grants_by_record', 'role_grants', ['record'], unique=False)
    op.create_table('sessions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('link', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('agent', sa.String(length=48), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_sessions_account_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['link'], ['links.id'], name=op.f('fk_sessions_link_links'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('digest', name=op.f('uq_sessions_digest'))
    )
    op.create_index(op.f('ix_sessions_account'), 'sessions', ['account'], unique=False)
    op.create_index(op.f('ix_sessions_link'), 'sessions', ['link'], unique=False)
    op.create_table('stairs',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('building', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['building'], ['buildings.id'], name=op.f('fk_stairs_building_buildings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stairs')),
    sa.UniqueConstraint('building', 'name', name=op.f('uq_stairs_building_name'))
    )
    op.create_index(op.f('ix_stairs_building'), 'stairs', ['building'], unique=False)
    op.create_table('units',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('estate', sa.String(length=64), nullable=False),
    sa.Column('building', sa.String(length=64), nullable=True),
    sa.Column('stair', sa.String(length=64), nullable=True),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('floor', sa.Text(), nullable=False),
    sa.Column('room', sa.Text(), nullable=False),
    sa.Column('use', sa.String(length=16), nullable=False),
    sa.Column('area_c', sa.Integer(), nullable=True),
    sa.Column('area_basis', sa.String(length=16), nullable=False),
    sa.Column('delivery_status', sa.String(length=24), nullable=False),
    sa.Column('household', sa.Text(), nullable=False),
    sa.Column('owner_type', sa.String(length=16), nullable=False),
    sa.Column('occupancy', sa.String(length=16), nullable=False),
    sa.Column('grid', sa.Text(), nullable=False),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('listed', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['building'], ['buildings.id'], name=op.f('fk_units_building_buildings'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['estate'], ['estates.id'], name=op.f('fk_units_estate_estates'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['stair'], ['stairs.id'], name=op.f('fk_units_stair_stairs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_units')),
    sa.UniqueConstraint('estate', 'number', name=op.f('uq_units_estate_number'))
    )
    op.create_index(op.f('ix_units_building'), 'units', ['building'], unique=False)
    op.create_index(op.f('ix_units_estate'), 'units', ['estate'], unique=False)
    op.create_index(op.f('ix_units_stair'), 'units', ['stair'], unique=False)
    op.create_table('code_tries',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['unit'], ['units.id'], name=op.f('fk_code_tries_unit_units'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_tries'))
    )
    op.create_index(op.f('ix_code_tries_unit'), 'code_tries', ['unit'], unique=False)
    op.create_table('codes',
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.Column('used_by', sa.String(length=64), nullable=True),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['unit'], ['units.id'], name=op.f('fk_codes_unit_units'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('unit', name=op.f('pk_codes'))
    )
    op.create_table('owners',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('representative', sa.Boolean(), nullable=False),
    sa.Column('phone_hash', sa.LargeBinary(), nullable=True),
    sa.Column('phone_last4', sa.String(length=4), nullable=True),
    sa.ForeignKeyConstraint(['unit'], ['units.id'], name=op.f('fk_owners_unit_units'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_owners'))
    )
    op.create_index(op.f('ix_owners_unit'), 'owners', ['unit'], unique=False)
    op.create_table('unit_people',
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('said_at', sa.BigInteger(), nullable=False),
    sa.Column('proved_how', sa.String(length=16), nullable=True),
    sa.Column('proved_by', sa.String(length=64), nullable=True),
    sa.Column('proved_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_unit_people_account_accounts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit'], ['units.id'], name=op.f('fk_unit_people_unit_units'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account', 'unit', name=op.f('pk_unit_people'))
    )
    op.create_index(op.f('ix_unit_people_unit'), 'unit_people', ['unit'], unique=False)
