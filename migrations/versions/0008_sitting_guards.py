"""sitting guards: a grant is given once, times are not negative, what is open is not settled"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('time_grant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('once', sa.String(length=80), nullable=True))
        batch_op.create_unique_constraint(op.f('uq_time_grant_once'), ['once'])
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_check_constraint(op.f('ck_attempt_times'), 'granted_ms >= 0 AND paused_ms >= 0')
        batch_op.create_check_constraint(op.f('ck_attempt_settled'), "NOT settled OR state <> 'open'")


def downgrade() -> None:
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attempt_settled'), type_='check')
        batch_op.drop_constraint(op.f('ck_attempt_times'), type_='check')
    with op.batch_alter_table('time_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('uq_time_grant_once'), type_='unique')
        batch_op.drop_column('once')
