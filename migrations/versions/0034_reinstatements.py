"""annulled sittings that a grading run lets count again"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    op.create_table(
        'reinstatement',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('returned', sa.Boolean(), nullable=False),
        sa.Column('settled', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_reinstatement_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_reinstatement_run_id_grading_run')),
        sa.PrimaryKeyConstraint('run_id', 'attempt_id', name=op.f('pk_reinstatement')),
    )


def downgrade() -> None:
    op.drop_table('reinstatement')
