"""what a grading run would change on the board of its contest"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    op.create_table(
        'run_total',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        sa.Column('before_key', contest.columns.sort_text(120), nullable=False),
        sa.Column('after_key', contest.columns.sort_text(120), nullable=False),
        sa.Column('before', sa.JSON(), nullable=True),
        sa.Column('after', sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_run_total_entry_id_entry')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_run_total_run_id_grading_run')),
        sa.PrimaryKeyConstraint('run_id', 'entry_id', name=op.f('pk_run_total')),
    )
    op.create_index('ix_run_total_before', 'run_total', ['run_id', 'audience', 'before_key'])
    op.create_index('ix_run_total_after', 'run_total', ['run_id', 'audience', 'after_key'])


def downgrade() -> None:
    op.drop_table('run_total')
