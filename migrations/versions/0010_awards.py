"""awards: prize plans, lists of who gets what and why, and what stands in the decision"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('prize_plan',
    sa.Column('id', contest.columns.Id(length=32), nullable=False),
    sa.Column('contest_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('round_id', contest.columns.Id(length=32), nullable=True),
    sa.Column('one_per_person', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('one_per_unit', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('need_pass', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('need_phone', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('formula', sa.JSON(), nullable=True),
    sa.Column('changed_at', contest.columns.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['contest_id'], ['contest.id'], name=op.f('fk_prize_plan_contest_id_contest')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_prize_plan_round_id_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prize_plan')),
    sa.UniqueConstraint('round_id', name=op.f('uq_prize_plan_round_id'))
    )
    with op.batch_alter_table('prize_plan', schema=None) as batch_op:
        batch_op.create_index('uq_prize_plan_whole', ['contest_id'], unique=True, sqlite_where=sa.text('round_id IS NULL'), postgresql_where=sa.text('round_id IS NULL'))

    op.create_table('award_list',
    sa.Column('id', contest.columns.Id(length=32), nullable=False),
    sa.Column('plan_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('made_at', contest.columns.Instant(), nullable=False),
    sa.Column('made_by', contest.columns.Id(length=32), nullable=True),
    sa.Column('undecided', sa.JSON(), nullable=False),
    sa.Column('unfilled', sa.JSON(), nullable=False),
    sa.Column('decision', sa.String(length=80), server_default='', nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('signer', sa.String(length=120), server_default='', nullable=False),
    sa.Column('signer_title', sa.String(length=120), server_default='', nullable=False),
    sa.Column('frozen_at', contest.columns.Instant(), nullable=True),
    sa.Column('frozen_by', contest.columns.Id(length=32), nullable=True),
    sa.CheckConstraint("(state = 'frozen') = (frozen_at IS NOT NULL)", name=op.f('ck_award_list_frozen')),
    sa.CheckConstraint("state = 'draft' OR (decision <> '' AND decided_on IS NOT NULL AND signer <> '')", name=op.f('ck_award_list_decision')),
    sa.CheckConstraint("state IN ('draft', 'frozen')", name=op.f('ck_award_list_state')),
    sa.ForeignKeyConstraint(['frozen_by'], ['account.id'], name=op.f('fk_award_list_frozen_by_account')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_award_list_made_by_account')),
    sa.ForeignKeyConstraint(['plan_id'], ['prize_plan.id'], name=op.f('fk_award_list_plan_id_prize_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award_list')),
    sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_award_list_plan_id_number'))
    )
    op.create_table('prize',
    sa.Column('id', contest.columns.Id(length=32), nullable=False),
    sa.Column('plan_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('audience', sa.String(length=10), server_default='', nullable=False),
    sa.Column('bloc', sa.String(length=80), server_default='', nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('tie', sa.String(length=12), server_default='undecided', nullable=False),
    sa.Column('worth', sa.String(length=120), server_default='', nullable=False),
    sa.CheckConstraint("audience IN ('', 'official', 'citizen')", name=op.f('ck_prize_audience')),
    sa.CheckConstraint("kind IN ('individual', 'collective')", name=op.f('ck_prize_kind')),
    sa.CheckConstraint("tie IN ('share', 'share_shrink', 'undecided')", name=op.f('ck_prize_tie')),
    sa.CheckConstraint('count BETWEEN 1 AND 10000', name=op.f('ck_prize_count')),
    sa.ForeignKeyConstraint(['plan_id'], ['prize_plan.id'], name=op.f('fk_prize_plan_id_prize_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prize')),
    sa.UniqueConstraint('plan_id', 'position', name=op.f('uq_prize_plan_id_position'))
    )
    op.create_table('prize_lot',
    sa.Column('plan_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('holder', contest.columns.Id(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', contest.columns.Instant(), nullable=False),
    sa.Column('by', contest.columns.Id(length=32), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_prize_lot_number')),
    sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_prize_lot_by_account')),
    sa.ForeignKeyConstraint(['plan_id'], ['prize_plan.id'], name=op.f('fk_prize_lot_plan_id_prize_plan')),
    sa.PrimaryKeyConstraint('plan_id', 'kind', 'holder', name=op.f('pk_prize_lot')),
    sa.UniqueConstraint('plan_id', 'kind', 'number', name=op.f('uq_prize_lot_plan_id_kind_number'))
    )
    op.create_table('award',
    sa.Column('id', contest.columns.Id(length=32), nullable=False),
    sa.Column('list_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('prize_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('prize_name', sa.String(length=120), nullable=False),
    sa.Column('worth', sa.String(length=120), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('entry_id', contest.columns.Id(length=32), nullable=True),
    sa.Column('unit_id', contest.columns.Id(length=32), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('unit_name', sa.String(length=200), server_default='', nullable=False),
    sa.Column('bloc', sa.String(length=80), server_default='', nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.CheckConstraint('(entry_id IS NULL) <> (unit_id IS NULL)', name=op.f('ck_award_holder')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_award_entry_id_entry')),
    sa.ForeignKeyConstraint(['list_id'], ['award_list.id'], name=op.f('fk_award_list_id_award_list')),
    sa.ForeignKeyConstraint(['prize_id'], ['prize.id'], name=op.f('fk_award_prize_id_prize')),
    sa.ForeignKeyConstraint(['unit_id'], ['contest_unit.id'], name=op.f('fk_award_unit_id_contest_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
    sa.UniqueConstraint('code', name=op.f('uq_award_code')),
    sa.UniqueConstraint('list_id', 'position', name=op.f('uq_award_list_id_position'))
    )
    op.create_table('passed_over',
    sa.Column('list_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('prize_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('entry_id', contest.columns.Id(length=32), nullable=True),
    sa.Column('unit_id', contest.columns.Id(length=32), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('unit_name', sa.String(length=200), server_default='', nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.CheckConstraint('(entry_id IS NULL) <> (unit_id IS NULL)', name=op.f('ck_passed_over_holder')),
    sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_passed_over_entry_id_entry')),
    sa.ForeignKeyConstraint(['list_id'], ['award_list.id'], name=op.f('fk_passed_over_list_id_award_list')),
    sa.ForeignKeyConstraint(['prize_id'], ['prize.id'], name=op.f('fk_passed_over_prize_id_prize')),
    sa.ForeignKeyConstraint(['unit_id'], ['contest_unit.id'], name=op.f('fk_passed_over_unit_id_contest_unit')),
    sa.PrimaryKeyConstraint('list_id', 'position', name=op.f('pk_passed_over'))
    )
    op.create_table('prize_refused',
    sa.Column('prize_id', contest.columns.Id(length=32), nullable=False),
    sa.Column('holder', contest.columns.Id(length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', contest.columns.Instant(), nullable=False),
    sa.Column('by', contest.columns.Id(length=32), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_prize_refused_by_account')),
    sa.ForeignKeyConstraint(['prize_id'], ['prize.id'], name=op.f('fk_prize_refused_prize_id_prize')),
    sa.PrimaryKeyConstraint('prize_id', 'holder', name=op.f('pk_prize_refused'))
    )


def downgrade() -> None:
    op.drop_table('prize_refused')
    op.drop_table('passed_over')
    op.drop_table('award')
    op.drop_table('prize_lot')
    op.drop_table('prize')
    op.drop_table('award_list')
    with op.batch_alter_table('prize_plan', schema=None) as batch_op:
        batch_op.drop_index('uq_prize_plan_whole', sqlite_where=sa.text('round_id IS NULL'), postgresql_where=sa.text('round_id IS NULL'))

    op.drop_table('prize_plan')
