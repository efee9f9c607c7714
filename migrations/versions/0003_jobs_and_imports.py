"""jobs: long work in the worker"""

import sqlalchemy as sa
from alembic import op

import contest.columns


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'job',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('object_type', sa.String(length=40), nullable=False),
        sa.Column('object_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('params', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=True),
        sa.Column('result', sa.JSON(), nullable=False),
        sa.Column('error', sa.String(length=60), nullable=True),
        sa.Column('created_by', contest.columns.Id(length=32), nullable=True),
        sa.Column('created_at', contest.columns.Instant(), nullable=False),
        sa.Column('heartbeat_at', contest.columns.Instant(), nullable=True),
        sa.Column('finished_at', contest.columns.Instant(), nullable=True),
        sa.CheckConstraint('done >= 0', name=op.f('ck_job_done')),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name=op.f('ck_job_state')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_state', ['state', 'created_at'], unique=False)
        batch_op.create_index('ix_job_object', ['object_type', 'object_id', 'created_at'], unique=False)


def downgrade() -> None:
    op.drop_table('job')
