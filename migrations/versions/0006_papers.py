"""papers: questions that exclude each other, what a draw knows, printed papers"""

import sqlalchemy as sa
from alembic import op

import contest.columns


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('exclusion_group', sa.String(length=40), nullable=True))
        batch_op.create_index('ix_question_exclusion', ['bank_id', 'exclusion_group'], unique=False)
    with op.batch_alter_table('round_question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('documents', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('exclusion_group', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('used', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('follows', sa.JSON(), server_default='[]', nullable=False))
    op.create_table(
        'printed_set',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('round_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('seed', sa.String(length=32), nullable=False),
        sa.Column('variants', sa.Integer(), nullable=False),
        sa.Column('first_code', sa.Integer(), nullable=False),
        sa.Column('same_questions', sa.Boolean(), nullable=False),
        sa.Column('motto', sa.Boolean(), nullable=False),
        sa.Column('papers', sa.JSON(), nullable=False),
        sa.Column('created_by', contest.columns.Id(length=32), nullable=True),
        sa.Column('created_at', contest.columns.Instant(), nullable=False),
        sa.CheckConstraint('first_code BETWEEN 1 AND 9900', name=op.f('ck_printed_set_first_code')),
        sa.CheckConstraint('variants BETWEEN 1 AND 24', name=op.f('ck_printed_set_variants')),
        sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_printed_set_created_by_account')),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_printed_set_round_id_round')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_printed_set')),
    )
    with op.batch_alter_table('printed_set', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_printed_set_round_id'), ['round_id'], unique=False)


def downgrade() -> None:
    op.drop_table('printed_set')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_column('follows')
    with op.batch_alter_table('round_question', schema=None) as batch_op:
        batch_op.drop_column('used')
        batch_op.drop_column('exclusion_group')
        batch_op.drop_column('documents')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index('ix_question_exclusion')
        batch_op.drop_column('exclusion_group')
