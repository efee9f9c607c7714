"""a draw decides for lists of its own measure alone"""

import sqlalchemy as sa
from alembic import op


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('prize_lot') as batch:
        batch.add_column(sa.Column('measure', sa.String(length=12), server_default='', nullable=False))
        batch.drop_constraint(op.f('uq_prize_lot_plan_id_kind_number'), type_='unique')
        batch.drop_constraint(op.f('pk_prize_lot'), type_='primary')
        batch.create_primary_key(op.f('pk_prize_lot'), ['plan_id', 'kind', 'measure', 'holder'])
        batch.create_unique_constraint(
            op.f('uq_prize_lot_plan_id_kind_measure_number'), ['plan_id', 'kind', 'measure', 'number'])


def downgrade() -> None:
    op.execute("DELETE FROM prize_lot WHERE measure <> ''")
    with op.batch_alter_table('prize_lot') as batch:
        batch.drop_constraint(op.f('uq_prize_lot_plan_id_kind_measure_number'), type_='unique')
        batch.drop_constraint(op.f('pk_prize_lot'), type_='primary')
        batch.create_primary_key(op.f('pk_prize_lot'), ['plan_id', 'kind', 'holder'])
        batch.create_unique_constraint(op.f('uq_prize_lot_plan_id_kind_number'), ['plan_id', 'kind', 'number'])
        batch.drop_column('measure')
