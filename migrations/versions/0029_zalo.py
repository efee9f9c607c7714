"""a contest's help over Zalo"""

import sqlalchemy as sa
from alembic import op


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contest') as batch:
        batch.add_column(sa.Column('hotline_zalo', sa.String(length=80), server_default='', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('contest') as batch:
        batch.drop_column('hotline_zalo')
