"""a digest of each sitting's answers"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    op.create_table(
        'sitting_digest',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.CheckConstraint('length(digest) = 64', name=op.f('ck_sitting_digest_digest')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_sitting_digest_round_id_round')),
        sa.PrimaryKeyConstraint('round_id', 'attempt_id', name=op.f('pk_sitting_digest')),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table('sitting_digest')
