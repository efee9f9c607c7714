"""prizes that go by one measure alone, or whose holders the organisers name"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
MEASURE = ("measure IN ('', 'named') OR (kind = 'collective' AND measure IN "
           "('rate', 'average', 'people', 'attempts', 'perfect', 'passed', 'firsts'))")


def upgrade() -> None:
    with op.batch_alter_table('prize') as batch:
        batch.add_column(sa.Column('measure', sa.String(length=12), server_default='', nullable=False))
        batch.create_check_constraint(op.f('ck_prize_measure'), MEASURE)
    op.create_table(
        'prize_nominee',
        sa.Column('prize_id', ID, nullable=False),
        sa.Column('holder', ID, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(length=300), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.Column('by', ID, nullable=True),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_prize_nominee_by_account')),
        sa.ForeignKeyConstraint(['prize_id'], ['prize.id'], name=op.f('fk_prize_nominee_prize_id_prize')),
        sa.PrimaryKeyConstraint('prize_id', 'holder', name=op.f('pk_prize_nominee')),
        sa.UniqueConstraint('prize_id', 'position', name=op.f('uq_prize_nominee_prize_id_position')),
    )


def downgrade() -> None:
    op.drop_table('prize_nominee')
    with op.batch_alter_table('prize') as batch:
        batch.drop_constraint(op.f('ck_prize_measure'), type_='check')
        batch.drop_column('measure')
