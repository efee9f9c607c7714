"""standings of people outside the competition are found by an index of theirs"""

import sqlalchemy as sa
from alembic import op


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

OUTSIDE = sa.text('outside')


def upgrade() -> None:
    op.create_index('ix_standing_outside', 'standing', ['board_id', 'entry_id'], sqlite_where=OUTSIDE,
                    postgresql_where=OUTSIDE)


def downgrade() -> None:
    op.drop_index('ix_standing_outside', 'standing')
