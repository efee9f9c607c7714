"""marking: rubrics, codes, markers and marks of essays; the marker's role"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
INSTANT = contest.columns.Instant()
OLD_ROLES = ("role IN ('contestant', 'coordinator', 'organiser', 'reviewer', 'report_viewer', 'administrator')")
ROLES = ("role IN ('contestant', 'coordinator', 'organiser', 'reviewer', 'marker', 'report_viewer', "
         "'administrator')")


def upgrade() -> None:
    _roles(ROLES)
    op.create_table(
        'marking',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('gap', sa.Integer(), server_default='15', nullable=False),
        sa.Column('gap_kind', sa.String(length=7), server_default='percent', nullable=False),
        sa.Column('third', sa.String(length=7), server_default='mean', nullable=False),
        sa.Column('units_apart', sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column('told', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('started_at', INSTANT, nullable=True),
        sa.Column('closed_at', INSTANT, nullable=True),
        sa.Column('codes_opened_at', INSTANT, nullable=True),
        sa.CheckConstraint("gap_kind IN ('percent', 'points')", name=op.f('ck_marking_gap_kind')),
        sa.CheckConstraint("gap >= 0 AND (gap_kind <> 'percent' OR gap <= 100)", name=op.f('ck_marking_gap')),
        sa.CheckConstraint("third IN ('third', 'closest', 'mean')", name=op.f('ck_marking_third')),
        sa.CheckConstraint("closed_at IS NULL OR started_at IS NOT NULL", name=op.f('ck_marking_closed')),
        sa.CheckConstraint("codes_opened_at IS NULL OR closed_at IS NOT NULL", name=op.f('ck_marking_codes')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_marking_round_id_round')),
        sa.PrimaryKeyConstraint('round_id', name=op.f('pk_marking')),
    )
    op.create_table(
        'rubric',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('version_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('criteria', sa.JSON(), nullable=False),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.Column('made_at', INSTANT, nullable=False),
        sa.Column('made_by', ID, nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f('ck_rubric_number')),
        sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_rubric_made_by_account')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_rubric_round_id_round')),
        sa.ForeignKeyConstraint(['version_id'], ['question_version.id'],
                                name=op.f('fk_rubric_version_id_question_version')),
        sa.PrimaryKeyConstraint('round_id', 'version_id', 'number', name=op.f('pk_rubric')),
    )
    op.create_table(
        'marker',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('active', sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_marker_account_id_account')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_marker_round_id_round')),
        sa.PrimaryKeyConstraint('round_id', 'account_id', name=op.f('pk_marker')),
    )
    op.create_index(op.f('ix_marker_account_id'), 'marker', ['account_id'], unique=False)
    _essays()
    op.create_index('ix_result_pending', 'result', ['round_id'], unique=False,
                    sqlite_where=sa.text('pending > 0'), postgresql_where=sa.text('pending > 0'))


def _essays() -> None:
    op.create_table(
        'essay',
        sa.Column('id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=False),
        sa.Column('attempt_id', ID, nullable=False),
        sa.Column('slot', sa.Integer(), nullable=False),
        sa.Column('version_id', ID, nullable=False),
        sa.Column('code', sa.String(length=6), nullable=False),
        sa.Column('apart', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('final', sa.Integer(), nullable=True),
        sa.CheckConstraint("final >= 0", name=op.f('ck_essay_final')),
        sa.ForeignKeyConstraint(['attempt_id', 'slot'], ['paper_item.attempt_id', 'paper_item.slot'],
                                name=op.f('fk_essay_attempt_id_slot_paper_item')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_essay_round_id_round')),
        sa.ForeignKeyConstraint(['version_id'], ['question_version.id'],
                                name=op.f('fk_essay_version_id_question_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_essay')),
        sa.UniqueConstraint('attempt_id', 'slot', name=op.f('uq_essay_attempt_id_slot')),
        sa.UniqueConstraint('round_id', 'code', name=op.f('uq_essay_round_id_code')),
    )
    op.create_table(
        'essay_assignment',
        sa.Column('id', ID, nullable=False),
        sa.Column('essay_id', ID, nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('turn', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=5), nullable=False),
        sa.Column('points', sa.Integer(), nullable=True),
        sa.Column('draft', sa.JSON(), nullable=False),
        sa.Column('seq', sa.Integer(), server_default='0', nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f('ck_essay_assignment_place')),
        sa.CheckConstraint("state IN ('given', 'draft', 'done')", name=op.f('ck_essay_assignment_state')),
        sa.CheckConstraint("(state = 'done') = (points IS NOT NULL)", name=op.f('ck_essay_assignment_done')),
        sa.CheckConstraint("points >= 0", name=op.f('ck_essay_assignment_points')),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_essay_assignment_account_id_account')),
        sa.ForeignKeyConstraint(['essay_id'], ['essay.id'], name=op.f('fk_essay_assignment_essay_id_essay')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_essay_assignment')),
        sa.UniqueConstraint('essay_id', 'account_id', name=op.f('uq_essay_assignment_essay_id_account_id')),
        sa.UniqueConstraint('essay_id', 'place', name=op.f('uq_essay_assignment_essay_id_place')),
    )
    op.create_index('ix_essay_assignment_turn', 'essay_assignment', ['account_id', 'turn'], unique=False)
    op.create_table(
        'essay_mark',
        sa.Column('assignment_id', ID, nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('account_id', ID, nullable=False),
        sa.Column('rubric', sa.Integer(), nullable=False),
        sa.Column('points', sa.JSON(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('at', INSTANT, nullable=False),
        sa.CheckConstraint("number >= 1 AND total >= 0", name=op.f('ck_essay_mark_numbers')),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_essay_mark_account_id_account')),
        sa.ForeignKeyConstraint(['assignment_id'], ['essay_assignment.id'],
                                name=op.f('fk_essay_mark_assignment_id_essay_assignment')),
        sa.PrimaryKeyConstraint('assignment_id', 'number', name=op.f('pk_essay_mark')),
    )


def downgrade() -> None:
    op.drop_index('ix_result_pending', 'result')
    for table in ('essay_mark', 'essay_assignment', 'essay', 'marker', 'rubric', 'marking'):
        op.drop_table(table)
    op.execute("DELETE FROM role_grant WHERE role = 'marker'")
    _roles(OLD_ROLES)


def _roles(rule: str) -> None:
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_role_grant_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_role_grant_role'), rule)
