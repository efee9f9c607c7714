"""points of a contest's board: what many rounds with weights add up to"""

import sqlalchemy as sa
from alembic import op


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

SUMS = ('points', 'max_points')


def upgrade() -> None:
    with op.batch_alter_table('standing') as batch:
        for name in SUMS:
            batch.alter_column(name, existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table('standing') as batch:
        for name in SUMS:
            batch.alter_column(name, existing_type=sa.BigInteger(), type_=sa.Integer(), existing_nullable=False)
