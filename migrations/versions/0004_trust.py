"""trust: review and sealing of banks, states and use of questions, near-duplicates, the reviewer's role"""

import json

import sqlalchemy as sa
from alembic import op

import contest.columns
from contest.questions.formats.markup import plain
from contest.questions.similarity import bands, shingles


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OLD_ROLES = "role IN ('contestant', 'coordinator', 'organiser', 'report_viewer', 'administrator')"
ROLES = "role IN ('contestant', 'coordinator', 'organiser', 'reviewer', 'report_viewer', 'administrator')"
CHUNK = 1000


def upgrade() -> None:
    with op.batch_alter_table('bank', schema=None) as batch_op:
        batch_op.add_column(sa.Column('review', sa.String(length=5), server_default='off', nullable=False))
        batch_op.add_column(sa.Column('sealed_at', contest.columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column('sealed_by', contest.columns.Id(length=32), nullable=True))
        batch_op.create_check_constraint(op.f('ck_bank_review'), "review IN ('off', 'one', 'two')")
        batch_op.create_foreign_key(op.f('fk_bank_sealed_by_account'), 'account', ['sealed_by'], ['id'])
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state', sa.String(length=10), server_default='draft', nullable=False))
        batch_op.add_column(sa.Column('used_at', contest.columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column('used_count', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_check_constraint(op.f('ck_question_state'), "state IN ('draft', 'reviewed', 'approved')")
    op.execute("""
        UPDATE question SET
            used_count = (SELECT count(DISTINCT q.round_id) FROM round_question q
                          JOIN question_version v ON v.id = q.version_id WHERE v.question_id = question.id),
            used_at = (SELECT max(r.published_at) FROM round_question q
                       JOIN question_version v ON v.id = q.version_id
                       JOIN rules_version r ON r.round_id = q.round_id WHERE v.question_id = question.id)""")
    with op.batch_alter_table('question_version', schema=None) as batch_op:
        batch_op.create_index('ix_question_version_facets',
                              ['question_id', 'number', 'type', 'topic', 'level', 'id'], unique=False)
    op.create_table(
        'question_review',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('question_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=10), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=False),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.CheckConstraint("verdict <> 'returned' OR note <> ''", name=op.f('ck_question_review_note')),
        sa.CheckConstraint("verdict IN ('reviewed', 'approved', 'returned')", name=op.f('ck_question_review_verdict')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_question_review_by_account')),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_question_review_question_id_question')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_question_review')),
    )
    with op.batch_alter_table('question_review', schema=None) as batch_op:
        batch_op.create_index('ix_question_review_question', ['question_id', 'version'], unique=False)
    op.create_table(
        'similarity_band',
        sa.Column('question_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('band', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('value', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_similarity_band_question_id_question')),
        sa.PrimaryKeyConstraint('question_id', 'band', name=op.f('pk_similarity_band')),
    )
    _find_bands()
    with op.batch_alter_table('similarity_band', schema=None) as batch_op:
        batch_op.create_index('ix_similarity_band_value', ['value', 'question_id'], unique=False)
    op.create_table(
        'twin_verdict',
        sa.Column('first_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('second_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('first_version', sa.Integer(), nullable=False),
        sa.Column('second_version', sa.Integer(), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.CheckConstraint('first_id < second_id', name=op.f('ck_twin_verdict_places')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_twin_verdict_by_account')),
        sa.ForeignKeyConstraint(['first_id'], ['question.id'], name=op.f('fk_twin_verdict_first_id_question')),
        sa.ForeignKeyConstraint(['second_id'], ['question.id'], name=op.f('fk_twin_verdict_second_id_question')),
        sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_twin_verdict')),
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_role_grant_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_role_grant_role'), ROLES)


def _find_bands() -> None:
    """Give every question the signature of its current version."""
    connection = op.get_bind()
    band = sa.table('similarity_band', sa.column('question_id', contest.columns.Id()), sa.column('band'),
                    sa.column('value'))
    last = ''
    while True:
        rows = connection.execute(sa.text("""
            SELECT CAST(q.id AS text) AS id, v.stem, v.options, v.parts, v.markup FROM question q
            JOIN question_version v ON v.question_id = q.id AND v.number = q.version
            WHERE CAST(q.id AS text) > :last ORDER BY CAST(q.id AS text) LIMIT :chunk"""),
            {'last': last, 'chunk': CHUNK}).all()
        found = [{'question_id': row.id.replace('-', ''), 'band': number, 'value': value}
                 for row in rows for number, value in enumerate(bands(shingles(_texts(row))))]
        if found:
            connection.execute(sa.insert(band), found)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _texts(row: sa.Row) -> list[str]:
    options, parts = (json.loads(cell) if isinstance(cell, str) else cell for cell in (row.options, row.parts))
    found = [row.stem, *(option['text'] for option in options)]
    for part in parts:
        found += [part['text']] if 'text' in part else [option['text'] for option in part.get('options', ())]
    return [plain(text) for text in found] if row.markup else found


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE role = 'reviewer'")
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_role_grant_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_role_grant_role'), OLD_ROLES)
    with op.batch_alter_table('question_version', schema=None) as batch_op:
        batch_op.drop_index('ix_question_version_facets')
    op.drop_table('twin_verdict')
    op.drop_table('similarity_band')
    op.drop_table('question_review')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_question_state'), type_='check')
        batch_op.drop_column('used_count')
        batch_op.drop_column('used_at')
        batch_op.drop_column('state')
    with op.batch_alter_table('bank', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_bank_sealed_by_account'), type_='foreignkey')
        batch_op.drop_constraint(op.f('ck_bank_review'), type_='check')
        batch_op.drop_column('sealed_by')
        batch_op.drop_column('sealed_at')
        batch_op.drop_column('review')
