"""jobs: long work in the worker; imports with their files, edits, items and memory"""

import sqlalchemy as sa
from alembic import op

import contest.columns


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

OLD = "state IN ('staged', 'done', 'discarded')"
NEW = "state IN ('uploaded', 'staged', 'done', 'undone', 'discarded')"


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
    with op.batch_alter_table('bank_import', schema=None) as batch_op:
        batch_op.add_column(sa.Column('wish', sa.JSON(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('row_keys', sa.JSON(), server_default='{}', nullable=False))
        batch_op.add_column(sa.Column('undone_at', contest.columns.Instant(), nullable=True))
        batch_op.add_column(sa.Column('undone_by', contest.columns.Id(length=32), nullable=True))
        batch_op.drop_constraint(op.f('ck_bank_import_state'), type_='check')
        batch_op.create_check_constraint(op.f('ck_bank_import_state'), NEW)
        batch_op.create_foreign_key(op.f('fk_bank_import_undone_by_account'), 'account', ['undone_by'], ['id'])
    _make_tables()


def _make_tables() -> None:
    op.create_table(
        'upload',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('import_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['bank_import.id'], name=op.f('fk_upload_import_id_bank_import')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
        sa.UniqueConstraint('import_id', 'position', name=op.f('uq_upload_import_id_position')),
    )
    op.create_table(
        'import_edit',
        sa.Column('import_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('step', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('ordinal', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('draft', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('choice', sa.String(length=10), nullable=True),
        sa.Column('undoes', sa.Integer(), nullable=True),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.CheckConstraint("choice IN ('skip', 'update', 'add')", name=op.f('ck_import_edit_choice')),
        sa.CheckConstraint('undoes IS NULL OR (draft IS NULL AND choice IS NULL)', name=op.f('ck_import_edit_undoes')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_import_edit_by_account')),
        sa.ForeignKeyConstraint(['import_id'], ['bank_import.id'], name=op.f('fk_import_edit_import_id_bank_import')),
        sa.PrimaryKeyConstraint('import_id', 'step', 'ordinal', name=op.f('pk_import_edit')),
    )
    op.create_table(
        'import_item',
        sa.Column('import_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('question_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('row_key', sa.String(length=50), nullable=False),
        sa.CheckConstraint("kind IN ('created', 'updated')", name=op.f('ck_import_item_kind')),
        sa.ForeignKeyConstraint(['import_id'], ['bank_import.id'], name=op.f('fk_import_item_import_id_bank_import')),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'], name=op.f('fk_import_item_question_id_question')),
        sa.PrimaryKeyConstraint('import_id', 'question_id', name=op.f('pk_import_item')),
    )
    with op.batch_alter_table('import_item', schema=None) as batch_op:
        batch_op.create_index('ix_import_item_row_key', ['row_key'], unique=False)
    op.create_table(
        'import_memory',
        sa.Column('account_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('signature', sa.String(length=64), nullable=False),
        sa.Column('mapping', sa.JSON(), nullable=False),
        sa.Column('updated_at', contest.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_import_memory_account_id_account')),
        sa.PrimaryKeyConstraint('account_id', 'signature', name=op.f('pk_import_memory')),
    )


def downgrade() -> None:
    for table in ('import_memory', 'import_item', 'import_edit', 'upload'):
        op.drop_table(table)
    op.execute("DELETE FROM bank_import WHERE state IN ('uploaded', 'undone')")
    with op.batch_alter_table('bank_import', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_bank_import_undone_by_account'), type_='foreignkey')
        batch_op.drop_constraint(op.f('ck_bank_import_state'), type_='check')
        batch_op.create_check_constraint(op.f('ck_bank_import_state'), OLD)
        for column in ('undone_by', 'undone_at', 'row_keys', 'wish'):
            batch_op.drop_column(column)
    op.drop_table('job')
