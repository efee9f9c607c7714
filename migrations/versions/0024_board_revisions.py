"""how often a contest's board has changed, and which of its states was published"""

import sqlalchemy as sa
from alembic import op


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('board', 'publication'):
        op.add_column(table, sa.Column('revision', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    for table in ('publication', 'board'):
        op.drop_column(table, 'revision')
