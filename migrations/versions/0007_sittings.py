"""sittings: who may sit, entry codes, extra time, changes on record, hints, predictions, opinions"""

import sqlalchemy as sa
from alembic import op

import contest.columns


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

PREDICTION = "prediction IN ('none', 'perfect_entries', 'participants', 'perfect_percent')"


def upgrade() -> None:
    op.create_table(
        'barred',
        sa.Column('contest_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('account_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_barred_account_id_account')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_barred_by_account')),
        sa.ForeignKeyConstraint(['contest_id'], ['contest.id'], name=op.f('fk_barred_contest_id_contest')),
        sa.PrimaryKeyConstraint('contest_id', 'account_id', name=op.f('pk_barred')),
    )
    with op.batch_alter_table('barred', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_barred_account_id'), ['account_id'], unique=False)

    op.create_table(
        'entry_code',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('contest_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('unit_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('account_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('audience', sa.String(length=10), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('made_at', contest.columns.Instant(), nullable=False),
        sa.Column('made_by', contest.columns.Id(length=32), nullable=True),
        sa.Column('used_at', contest.columns.Instant(), nullable=True),
        sa.Column('revoked_at', contest.columns.Instant(), nullable=True),
        sa.CheckConstraint("audience IN ('official', 'citizen')", name=op.f('ck_entry_code_audience')),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_entry_code_account_id_account')),
        sa.ForeignKeyConstraint(['contest_id'], ['contest.id'], name=op.f('fk_entry_code_contest_id_contest')),
        sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_entry_code_made_by_account')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_entry_code_unit_id_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_entry_code')),
        sa.UniqueConstraint('digest', name=op.f('uq_entry_code_digest')),
    )
    with op.batch_alter_table('entry_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_code_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_entry_code_contest', ['contest_id', 'unit_id', 'number'], unique=False)

    op.create_table(
        'time_grant',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('round_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('account_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('unit_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('ms', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.CheckConstraint('account_id IS NULL OR unit_id IS NULL', name=op.f('ck_time_grant_reach')),
        sa.CheckConstraint('ms > 0', name=op.f('ck_time_grant_ms')),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_time_grant_account_id_account')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_time_grant_by_account')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_time_grant_round_id_round')),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_time_grant_unit_id_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_time_grant')),
    )
    with op.batch_alter_table('time_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_time_grant_round_id'), ['round_id'], unique=False)

    op.create_table(
        'attempt_change',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('attempt_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('after', sa.JSON(), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.CheckConstraint("kind IN ('reopened', 'voided', 'collected')", name=op.f('ck_attempt_change_kind')),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_attempt_change_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_attempt_change_by_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt_change')),
    )
    with op.batch_alter_table('attempt_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_change_attempt_id'), ['attempt_id'], unique=False)

    op.create_table(
        'opinion',
        sa.Column('attempt_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_opinion_attempt_id_attempt')),
        sa.PrimaryKeyConstraint('attempt_id', name=op.f('pk_opinion')),
    )
    op.create_table(
        'sitting_event',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('attempt_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('kind', sa.String(length=8), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.Column('slot', sa.Integer(), nullable=True),
        sa.Column('ms', sa.Integer(), nullable=True),
        sa.Column('address', sa.String(length=16), nullable=False),
        sa.CheckConstraint("kind IN ('hidden', 'offline', 'unsaved', 'pasted')", name=op.f('ck_sitting_event_kind')),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_sitting_event_attempt_id_attempt')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sitting_event')),
    )
    with op.batch_alter_table('sitting_event', schema=None) as batch_op:
        batch_op.create_index('ix_sitting_event_at', ['at'], unique=False)
        batch_op.create_index('ix_sitting_event_attempt', ['attempt_id', 'at'], unique=False)
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('granted_ms', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('paused_ms', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('prediction', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('returned', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(op.f('ck_attempt_returned'), "NOT returned OR state = 'void'")
        batch_op.create_check_constraint(op.f('ck_attempt_prediction'), 'prediction >= 0')
    with op.batch_alter_table('contest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('password_digest', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('registration', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('admitted_at', contest.columns.Instant(), nullable=True))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('quota_scope', sa.String(length=8), server_default='round', nullable=False))
        batch_op.add_column(sa.Column('open_units', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('open_blocs', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('barred_roles', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('prediction', sa.String(length=16), server_default='none', nullable=False))
        batch_op.add_column(sa.Column('opinion', sa.Text(), server_default='', nullable=False))
        batch_op.create_check_constraint(op.f('ck_round_quota_scope'), "quota_scope IN ('round', 'week', 'contest')")
        batch_op.create_check_constraint(op.f('ck_round_practice_quota'), "kind = 'contest' OR quota_scope = 'round'")
        batch_op.create_check_constraint(op.f('ck_round_prediction'), PREDICTION)
    with op.batch_alter_table('round_change', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rules_version', sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f('ck_round_change_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_round_change_kind'), "kind IN ('extended', 'cancelled', 'rules')")
        batch_op.create_check_constraint(op.f('ck_round_change_rules_version'),
                                         "(kind = 'rules') = (rules_version IS NOT NULL)")



def downgrade() -> None:
    op.execute("DELETE FROM round_change WHERE kind = 'rules'")
    with op.batch_alter_table('round_change', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_round_change_rules_version'), type_='check')
        batch_op.drop_constraint(op.f('ck_round_change_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_round_change_kind'), "kind IN ('extended', 'cancelled')")
        batch_op.drop_column('rules_version')
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_round_prediction'), type_='check')
        batch_op.drop_constraint(op.f('ck_round_practice_quota'), type_='check')
        batch_op.drop_constraint(op.f('ck_round_quota_scope'), type_='check')
        batch_op.drop_column('opinion')
        batch_op.drop_column('prediction')
        batch_op.drop_column('barred_roles')
        batch_op.drop_column('open_blocs')
        batch_op.drop_column('open_units')
        batch_op.drop_column('quota_scope')
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.drop_column('admitted_at')
    with op.batch_alter_table('contest', schema=None) as batch_op:
        batch_op.drop_column('registration')
        batch_op.drop_column('password_digest')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attempt_prediction'), type_='check')
        batch_op.drop_constraint(op.f('ck_attempt_returned'), type_='check')
        batch_op.drop_column('returned')
        batch_op.drop_column('prediction')
        batch_op.drop_column('paused_ms')
        batch_op.drop_column('granted_ms')

    op.drop_table('sitting_event')
    op.drop_table('opinion')
    op.drop_table('attempt_change')
    op.drop_table('time_grant')
    op.drop_table('entry_code')
    op.drop_table('barred')
