"""freezes: what a board showed at the instant from which it stands still"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    op.create_table(
        'freeze',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('board_id', ID, nullable=False),
        sa.Column('attempts', sa.JSON(), nullable=False),
        sa.Column('done_at', contest.columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_freeze_board_id_board')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_freeze_round_id_round')),
        sa.PrimaryKeyConstraint('round_id', name=op.f('pk_freeze')),
        sa.UniqueConstraint('board_id', name=op.f('uq_freeze_board_id')),
    )


def downgrade() -> None:
    op.drop_table('freeze')
