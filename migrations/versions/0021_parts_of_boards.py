"""a unit's people on a board are found, and counted by audience, in one index"""

import sqlalchemy as sa
from alembic import op


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

RANKED = sa.text('ranked')
COLUMNS = ['board_id', 'unit_id', 'rank_key', 'entry_id']


def upgrade() -> None:
    _index([*COLUMNS, 'audience'])


def downgrade() -> None:
    _index(COLUMNS)


def _index(columns: list[str]) -> None:
    op.drop_index('ix_standing_unit', 'standing')
    op.create_index('ix_standing_unit', 'standing', columns, sqlite_where=RANKED, postgresql_where=RANKED)
