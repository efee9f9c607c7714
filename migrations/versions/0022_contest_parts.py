"""other parts of a contest, and the units that have entered them"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    op.create_table(
        'contest_part',
        sa.Column('id', ID, nullable=False),
        sa.Column('contest_id', ID, nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('made_at', contest.columns.Instant(), nullable=False),
        sa.Column('made_by', ID, nullable=True),
        sa.ForeignKeyConstraint(['contest_id'], ['contest.id'], name=op.f('fk_contest_part_contest_id_contest')),
        sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_contest_part_made_by_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contest_part')),
        sa.UniqueConstraint('contest_id', 'name', name=op.f('uq_contest_part_contest_id_name')),
    )
    op.create_table(
        'part_act',
        sa.Column('id', ID, nullable=False),
        sa.Column('part_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('units', sa.JSON(), nullable=False),
        sa.Column('undoes_id', ID, nullable=True),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.Column('by', ID, nullable=True),
        sa.CheckConstraint("kind IN ('entered', 'withdrawn')", name=op.f('ck_part_act_kind')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_part_act_by_account')),
        sa.ForeignKeyConstraint(['part_id'], ['contest_part.id'], name=op.f('fk_part_act_part_id_contest_part')),
        sa.ForeignKeyConstraint(['undoes_id'], ['part_act.id'], name=op.f('fk_part_act_undoes_id_part_act')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_part_act')),
        sa.UniqueConstraint('undoes_id', name=op.f('uq_part_act_undoes_id')),
    )
    op.create_index(op.f('ix_part_act_part_id'), 'part_act', ['part_id'])
    op.create_table(
        'part_unit',
        sa.Column('part_id', ID, nullable=False),
        sa.Column('unit_id', ID, nullable=False),
        sa.Column('act_id', ID, nullable=False),
        sa.ForeignKeyConstraint(['act_id'], ['part_act.id'], name=op.f('fk_part_unit_act_id_part_act')),
        sa.ForeignKeyConstraint(['part_id'], ['contest_part.id'], name=op.f('fk_part_unit_part_id_contest_part')),
        sa.ForeignKeyConstraint(['unit_id'], ['contest_unit.id'], name=op.f('fk_part_unit_unit_id_contest_unit'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('part_id', 'unit_id', name=op.f('pk_part_unit')),
    )
    op.create_index(op.f('ix_part_unit_unit_id'), 'part_unit', ['unit_id'])


def downgrade() -> None:
    op.drop_table('part_unit')
    op.drop_table('part_act')
    op.drop_table('contest_part')
