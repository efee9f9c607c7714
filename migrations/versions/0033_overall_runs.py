"""other rules for a contest's board: who proposed them, what they change, who let them hold"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
OPEN = sa.text("state IN ('building', 'ready')")


def upgrade() -> None:
    op.create_table(
        'overall_run',
        sa.Column('id', ID, nullable=False),
        sa.Column('contest_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('old_rules', sa.JSON(), nullable=False),
        sa.Column('new_rules', sa.JSON(), nullable=False),
        sa.Column('undoes_id', ID, nullable=True),
        sa.Column('made_at', contest.columns.Instant(), nullable=False),
        sa.Column('made_by', ID, nullable=False),
        sa.Column('built_at', contest.columns.Instant(), nullable=True),
        sa.Column('decided_at', contest.columns.Instant(), nullable=True),
        sa.Column('decided_by', ID, nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('summary', sa.JSON(), nullable=False),
        sa.Column('basis', sa.JSON(), nullable=True),
        sa.CheckConstraint("(state IN ('applied', 'dropped')) = (decided_at IS NOT NULL)",
                           name=op.f('ck_overall_run_decided')),
        sa.CheckConstraint('number >= 1', name=op.f('ck_overall_run_number')),
        sa.CheckConstraint("state IN ('building', 'ready', 'applied', 'dropped')", name=op.f('ck_overall_run_state')),
        sa.CheckConstraint("state <> 'applied' OR decided_by <> made_by", name=op.f('ck_overall_run_two_people')),
        sa.ForeignKeyConstraint(['contest_id'], ['contest.id'], name=op.f('fk_overall_run_contest_id_contest')),
        sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_overall_run_decided_by_account')),
        sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_overall_run_made_by_account')),
        sa.ForeignKeyConstraint(['undoes_id'], ['overall_run.id'], name=op.f('fk_overall_run_undoes_id_overall_run')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_overall_run')),
        sa.UniqueConstraint('contest_id', 'number', name=op.f('uq_overall_run_contest_id_number')),
    )
    op.create_index('uq_overall_run_open', 'overall_run', ['contest_id'], unique=True, sqlite_where=OPEN,
                    postgresql_where=OPEN)
    op.create_table(
        'overall_place',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        sa.Column('before_key', contest.columns.sort_text(120), nullable=False),
        sa.Column('after_key', contest.columns.sort_text(120), nullable=False),
        sa.Column('before', sa.JSON(), nullable=True),
        sa.Column('after', sa.JSON(), nullable=True),
        sa.Column('before_rank', sa.Integer(), nullable=True),
        sa.Column('after_rank', sa.Integer(), nullable=True),
        sa.Column('moved', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_overall_place_entry_id_entry')),
        sa.ForeignKeyConstraint(['run_id'], ['overall_run.id'], name=op.f('fk_overall_place_run_id_overall_run')),
        sa.PrimaryKeyConstraint('run_id', 'entry_id', name=op.f('pk_overall_place')),
    )
    op.create_index('ix_overall_place_after', 'overall_place', ['run_id', 'audience', 'after_key', 'entry_id'])
    op.create_index('ix_overall_place_moved', 'overall_place', ['run_id', 'audience', 'moved', 'after_key', 'entry_id'])


def downgrade() -> None:
    op.drop_table('overall_place')
    op.drop_table('overall_run')
