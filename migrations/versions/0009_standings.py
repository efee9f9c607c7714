"""standings: boards with their counters, grading runs and publications; rules of scoring of a round"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
INSTANT = contest.columns.Instant()
PREDICTIONS = ('none', 'perfect_entries', 'participants', 'perfect_percent', 'number')
RANKED = sa.text('ranked')
OPEN_RUN = sa.text("state IN ('building', 'ready')")
KEPT = ('attempt_id, round_id, entry_id, points, max_points, correct, answered, items, taken_ms, finished_at,'
        ' graded_at')


def key(name, **more):
    return sa.Column(name, contest.columns.sort_text(120), **more)


def upgrade() -> None:
    change_results()
    rules()
    boards()
    runs()


def change_results() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_index('ix_result_board', table_name='result')
        op.drop_column('result', 'minus_points')
        op.drop_column('result', 'counts')
        op.drop_constraint(op.f('ck_result_points'), 'result', type_='check')
        op.add_column('result', sa.Column('raw_points', sa.Integer(), nullable=True))
        op.execute('UPDATE result SET raw_points = points')
        op.alter_column('result', 'raw_points', nullable=False)
        op.add_column('result', sa.Column('pending', sa.Integer(), server_default='0', nullable=False))
        op.create_check_constraint(op.f('ck_result_points'), 'result', 'points <= max_points AND points >= raw_points')
        op.create_check_constraint(op.f('ck_result_pending'), 'result', 'pending >= 0 AND pending <= items')
        return
    # A computed column keeps SQLite's batches from copying the table.
    op.drop_index('ix_result_board', table_name='result')
    op.drop_index('ix_result_round_entry', table_name='result')
    op.execute('ALTER TABLE result RENAME TO result_before')
    op.create_table(
        'result',
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('raw_points', sa.Integer(), nullable=False),
        sa.Column('max_points', sa.Integer(), nullable=False),
        sa.Column('correct', sa.Integer(), nullable=False),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('items', sa.Integer(), nullable=False),
        sa.Column('pending', sa.Integer(), server_default='0', nullable=False),
        sa.Column('taken_ms', sa.Integer(), nullable=False),
        sa.Column('finished_at', INSTANT, nullable=False),
        sa.Column('graded_at', INSTANT, nullable=False),
        sa.CheckConstraint('points <= max_points AND points >= raw_points', name=op.f('ck_result_points')),
        sa.CheckConstraint('pending >= 0 AND pending <= items', name=op.f('ck_result_pending')),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_result_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_result_entry_id_entry')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_result_round_id_round')),
        sa.PrimaryKeyConstraint('attempt_id', name=op.f('pk_result')),
    )
    op.execute(f'INSERT INTO result ({KEPT}, raw_points) SELECT {KEPT}, points FROM result_before')
    op.drop_table('result_before')
    op.create_index('ix_result_round_entry', 'result', ['round_id', 'entry_id'])


def rules() -> None:
    with op.batch_alter_table('contest', schema=None) as batch_op:
        batch_op.add_column(sa.Column('overall', sa.JSON(), nullable=True))
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('board_freezes_at', INSTANT, nullable=True))
        batch_op.add_column(sa.Column('scoring', sa.JSON(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('appeal_days', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('answer_days', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('prediction_text', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('prediction_given', sa.BigInteger(), nullable=True))
        batch_op.drop_constraint(op.f('ck_round_prediction'), type_='check')
        batch_op.create_check_constraint(op.f('ck_round_prediction'), f'prediction IN {PREDICTIONS}')
        batch_op.create_check_constraint(
            op.f('ck_round_given'), "prediction_given IS NULL OR (prediction = 'number' AND prediction_given >= 0)")
        batch_op.create_check_constraint(
            op.f('ck_round_appeals'), 'appeal_days BETWEEN 0 AND 60 AND answer_days BETWEEN 0 AND 60')

    with op.batch_alter_table('attempt_change', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attempt_change_kind'), type_='check')
        batch_op.create_check_constraint(
            op.f('ck_attempt_change_kind'), "kind IN ('reopened', 'voided', 'collected', 'restored')")


def boards() -> None:
    op.create_table(
        'board',
        sa.Column('id', ID, nullable=False),
        sa.Column('contest_id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=True),
        sa.Column('policy', sa.JSON(), nullable=False),
        sa.Column('actual', sa.BigInteger(), nullable=True),
        sa.Column('settled_at', INSTANT, nullable=True),
        sa.Column('kept_at', INSTANT, nullable=True),
        sa.ForeignKeyConstraint(['contest_id'], ['contest.id'], name=op.f('fk_board_contest_id_contest')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_board_round_id_round')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_board')),
        sa.UniqueConstraint('round_id', name=op.f('uq_board_round_id')),
    )
    op.create_index(op.f('ix_board_contest_id'), 'board', ['contest_id'])
    op.create_table(
        'standing',
        sa.Column('board_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        sa.Column('unit_id', ID, nullable=True),
        sa.Column('ranked', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('outside', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('blank', sa.Integer(), nullable=False),
        sa.Column('attempt_id', ID, nullable=True),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('max_points', sa.Integer(), nullable=False),
        sa.Column('correct', sa.Integer(), nullable=False),
        sa.Column('items', sa.Integer(), nullable=False),
        sa.Column('passed', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('taken_ms', sa.BigInteger(), nullable=False),
        sa.Column('finished_at', INSTANT, nullable=True),
        sa.Column('entered_at', INSTANT, nullable=False),
        sa.Column('distance', sa.BigInteger(), nullable=True),
        sa.Column('earlier', sa.Integer(), nullable=True),
        key('rank_key', server_default='', nullable=False),
        sa.CheckConstraint('attempts >= 0 AND blank >= 0', name=op.f('ck_standing_attempts')),
        sa.CheckConstraint("NOT ranked OR (attempts > 0 AND rank_key <> '' AND NOT outside)",
                           name=op.f('ck_standing_ranked')),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_standing_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_standing_board_id_board')),
        sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_standing_entry_id_entry')),
        sa.ForeignKeyConstraint(['unit_id'], ['contest_unit.id'], name=op.f('fk_standing_unit_id_contest_unit')),
        sa.PrimaryKeyConstraint('board_id', 'entry_id', name=op.f('pk_standing')),
    )
    for name, columns in (('board', ['board_id', 'audience', 'rank_key', 'entry_id']),
                          ('all', ['board_id', 'rank_key', 'entry_id']),
                          ('unit', ['board_id', 'unit_id', 'rank_key', 'entry_id'])):
        op.create_index(f'ix_standing_{name}', 'standing', columns, sqlite_where=RANKED, postgresql_where=RANKED)
    op.create_index('ix_standing_entry', 'standing', ['entry_id'])
    op.create_table(
        'rank_step',
        sa.Column('board_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        key('step', nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.CheckConstraint('people >= 0', name=op.f('ck_rank_step_people')),
        sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_rank_step_board_id_board')),
        sa.PrimaryKeyConstraint('board_id', 'audience', 'step', name=op.f('pk_rank_step')),
    )
    op.create_table(
        'unit_tally',
        sa.Column('board_id', ID, nullable=False),
        sa.Column('unit_key', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('blank', sa.Integer(), nullable=False),
        sa.Column('points', sa.BigInteger(), nullable=False),
        sa.Column('max_points', sa.BigInteger(), nullable=False),
        sa.Column('perfect', sa.Integer(), nullable=False),
        sa.Column('passed', sa.Integer(), nullable=False),
        sa.CheckConstraint('people >= 0 AND attempts >= 0 AND blank >= 0 AND perfect >= 0 AND passed >= 0',
                           name=op.f('ck_unit_tally_counts')),
        sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_unit_tally_board_id_board')),
        sa.PrimaryKeyConstraint('board_id', 'unit_key', 'audience', name=op.f('pk_unit_tally')),
    )


def runs() -> None:
    op.create_table(
        'grading_run',
        sa.Column('id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('policy', sa.JSON(), nullable=True),
        sa.Column('undoes_id', ID, nullable=True),
        sa.Column('made_at', INSTANT, nullable=False),
        sa.Column('made_by', ID, nullable=False),
        sa.Column('built_at', INSTANT, nullable=True),
        sa.Column('decided_at', INSTANT, nullable=True),
        sa.Column('decided_by', ID, nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('summary', sa.JSON(), nullable=False),
        sa.Column('basis', sa.String(length=64), nullable=True),
        sa.CheckConstraint("state IN ('building', 'ready', 'applied', 'dropped')", name=op.f('ck_grading_run_state')),
        sa.CheckConstraint("(state IN ('applied', 'dropped')) = (decided_at IS NOT NULL)",
                           name=op.f('ck_grading_run_decided')),
        sa.CheckConstraint("state <> 'applied' OR decided_by <> made_by", name=op.f('ck_grading_run_two_people')),
        sa.CheckConstraint('number >= 1', name=op.f('ck_grading_run_number')),
        sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_grading_run_decided_by_account')),
        sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_grading_run_made_by_account')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_grading_run_round_id_round')),
        sa.ForeignKeyConstraint(['undoes_id'], ['grading_run.id'], name=op.f('fk_grading_run_undoes_id_grading_run')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_grading_run')),
        sa.UniqueConstraint('round_id', 'number', name=op.f('uq_grading_run_round_id_number')),
    )
    op.create_index('uq_grading_run_open', 'grading_run', ['round_id'], unique=True,
                    sqlite_where=OPEN_RUN, postgresql_where=OPEN_RUN)
    op.create_table(
        'key_correction',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('version_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=4), nullable=False),
        sa.Column('correct', sa.JSON(), nullable=True),
        sa.Column('credits', sa.JSON(), nullable=True),
        sa.CheckConstraint("kind IN ('key', 'full', 'out')", name=op.f('ck_key_correction_kind')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_key_correction_run_id_grading_run')),
        sa.ForeignKeyConstraint(['version_id'], ['question_version.id'],
                                name=op.f('fk_key_correction_version_id_question_version')),
        sa.PrimaryKeyConstraint('run_id', 'version_id', name=op.f('pk_key_correction')),
    )
    op.create_table(
        'disqualification',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_disqualification_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_disqualification_run_id_grading_run')),
        sa.PrimaryKeyConstraint('run_id', 'attempt_id', name=op.f('pk_disqualification')),
    )
    op.create_table(
        'run_mark',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('before', sa.JSON(), nullable=True),
        sa.Column('after', sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_run_mark_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_run_mark_run_id_grading_run')),
        sa.PrimaryKeyConstraint('run_id', 'attempt_id', name=op.f('pk_run_mark')),
    )
    op.create_table(
        'run_place',
        sa.Column('run_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        key('before_key', nullable=False),
        key('after_key', nullable=False),
        sa.Column('before', sa.JSON(), nullable=True),
        sa.Column('after', sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_run_place_entry_id_entry')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_run_place_run_id_grading_run')),
        sa.PrimaryKeyConstraint('run_id', 'entry_id', name=op.f('pk_run_place')),
    )
    op.create_index('ix_run_place_before', 'run_place', ['run_id', 'audience', 'before_key'])
    op.create_index('ix_run_place_after', 'run_place', ['run_id', 'audience', 'after_key'])
    op.create_table(
        'publication',
        sa.Column('id', ID, nullable=False),
        sa.Column('board_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('run_id', ID, nullable=True),
        sa.Column('masked', sa.Boolean(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('signature', sa.String(length=64), nullable=False),
        sa.Column('published_at', INSTANT, nullable=False),
        sa.Column('published_by', ID, nullable=True),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.CheckConstraint('number >= 1 AND people >= 0', name=op.f('ck_publication_numbers')),
        sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_publication_board_id_board')),
        sa.ForeignKeyConstraint(['published_by'], ['account.id'], name=op.f('fk_publication_published_by_account')),
        sa.ForeignKeyConstraint(['run_id'], ['grading_run.id'], name=op.f('fk_publication_run_id_grading_run')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
        sa.UniqueConstraint('board_id', 'number', name=op.f('uq_publication_board_id_number')),
    )


def downgrade() -> None:
    for name in ('publication', 'run_place', 'run_mark', 'disqualification', 'key_correction', 'grading_run',
                 'unit_tally', 'rank_step', 'standing', 'board'):
        op.drop_table(name)
    with op.batch_alter_table('round', schema=None) as batch_op:
        for name in ('appeals', 'given', 'prediction'):
            batch_op.drop_constraint(op.f(f'ck_round_{name}'), type_='check')
        batch_op.create_check_constraint(op.f('ck_round_prediction'), f'prediction IN {PREDICTIONS[:-1]}')
        for name in ('answer_days', 'appeal_days', 'prediction_given', 'prediction_text', 'scoring',
                     'board_freezes_at'):
            batch_op.drop_column(name)
    with op.batch_alter_table('contest', schema=None) as batch_op:
        batch_op.drop_column('overall')
    op.execute("DELETE FROM attempt_change WHERE kind = 'restored'")
    with op.batch_alter_table('attempt_change', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_attempt_change_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_attempt_change_kind'), "kind IN ('reopened', 'voided', 'collected')")
    restore_results()


def restore_results() -> None:
    """The table as it was, empty: the worker scores everything again."""
    op.drop_table('result')
    op.create_table(
        'result',
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=False),
        sa.Column('entry_id', ID, nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('minus_points', sa.Integer(), sa.Computed('-points', persisted=True), nullable=False),
        sa.Column('max_points', sa.Integer(), nullable=False),
        sa.Column('correct', sa.Integer(), nullable=False),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('items', sa.Integer(), nullable=False),
        sa.Column('taken_ms', sa.Integer(), nullable=False),
        sa.Column('finished_at', INSTANT, nullable=False),
        sa.Column('graded_at', INSTANT, nullable=False),
        sa.Column('counts', sa.Boolean(), nullable=False),
        sa.CheckConstraint('points >= 0 AND points <= max_points', name=op.f('ck_result_points')),
        sa.ForeignKeyConstraint(['attempt_id'], ['attempt.id'], name=op.f('fk_result_attempt_id_attempt')),
        sa.ForeignKeyConstraint(['entry_id'], ['entry.id'], name=op.f('fk_result_entry_id_entry')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_result_round_id_round')),
        sa.PrimaryKeyConstraint('attempt_id', name=op.f('pk_result')),
    )
    op.create_index('ix_result_round_entry', 'result', ['round_id', 'entry_id'])
    op.create_index('ix_result_board', 'result', ['round_id', 'minus_points', 'taken_ms', 'finished_at', 'attempt_id'],
                    sqlite_where=sa.text('counts'), postgresql_where=sa.text('counts'))
    op.execute('UPDATE attempt SET settled = false')
