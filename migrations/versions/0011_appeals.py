"""appeals: objections of participants and what organisers answer"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
INSTANT = contest.columns.Instant()
WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        'appeal',
        sa.Column('id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=False),
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('slot', sa.Integer(), nullable=False),
        sa.Column('version_id', ID, nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('made_at', INSTANT, nullable=False),
        sa.Column('made_by', ID, nullable=False),
        sa.Column('due_at', INSTANT, nullable=True),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('answer', sa.Text(), server_default='', nullable=False),
        sa.Column('ended_at', INSTANT, nullable=True),
        sa.Column('ended_by', ID, nullable=True),
        sa.Column('run_id', ID, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'upheld', 'rejected', 'withdrawn')", name=op.f('ck_appeal_state')),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f('ck_appeal_ended')),
        sa.CheckConstraint("state NOT IN ('upheld', 'rejected') OR answer <> ''", name=op.f('ck_appeal_answer')),
        sa.CheckConstraint('slot >= 0', name=op.f('ck_appeal_slot')),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_appeal_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['ended_by'], ['account.id'], name=op.f('fk_appeal_ended_by_account')),
        sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_appeal_made_by_account')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_appeal_round_id_round')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_appeal_run_id_grading_run')),
        sa.ForeignKeyConstraint(['version_id'], ['question_version.id'],
                                name=op.f('fk_appeal_version_id_question_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal')),
    )
    op.create_index('uq_appeal_waiting', 'appeal', ['attempt_id', 'slot'], unique=True,
                    sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_index('ix_appeal_round', 'appeal', ['round_id', 'state', 'made_at'])


def downgrade() -> None:
    op.drop_table('appeal')
