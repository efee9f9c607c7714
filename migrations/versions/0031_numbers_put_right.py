"""the true number of a prediction that a grading run puts in the place of another"""

import sqlalchemy as sa
from alembic import op


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('grading_run') as batch:
        batch.add_column(sa.Column('given', sa.BigInteger(), nullable=True))
        batch.create_check_constraint(op.f('ck_grading_run_given'), 'given >= 0')


def downgrade() -> None:
    with op.batch_alter_table('grading_run') as batch:
        batch.drop_constraint(op.f('ck_grading_run_given'), type_='check')
        batch.drop_column('given')
