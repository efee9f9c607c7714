"""question types: parts, markup, tags, credits and settings of keys, pictures, the shape of a paper's item"""

import sqlalchemy as sa
from alembic import op

import contest.columns


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

OLD = "type IN ('single', 'multiple', 'true_false')"
NEW = ("type IN ('single', 'multiple', 'true_false', 'cluster', 'short_text', 'number', 'matching', 'ordering', "
       "'gaps', 'essay')")
SHAPES = "shape IN ('one', 'many', 'pairs', 'text', 'essay')"


def upgrade() -> None:
    with op.batch_alter_table('question_version', schema=None) as batch_op:
        batch_op.add_column(sa.Column('markup', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('parts', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('tags', sa.JSON(), server_default='[]', nullable=False))
        batch_op.drop_constraint(op.f('ck_question_version_type'), type_='check')
        batch_op.create_check_constraint(op.f('ck_question_version_type'), NEW)
    with op.batch_alter_table('answer_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('credits', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('settings', sa.JSON(), server_default='{}', nullable=False))
    op.create_table(
        'media',
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('mime', sa.String(length=40), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', contest.columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_media')),
    )
    with op.batch_alter_table('paper_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shape', sa.String(length=5), nullable=True))
    op.execute("UPDATE paper_item SET shape = CASE WHEN multiple THEN 'many' ELSE 'one' END")
    with op.batch_alter_table('paper_item', schema=None) as batch_op:
        batch_op.alter_column('shape', existing_type=sa.String(length=5), nullable=False)
        batch_op.create_check_constraint(op.f('ck_paper_item_shape'), SHAPES)
        batch_op.drop_column('multiple')


def downgrade() -> None:
    with op.batch_alter_table('paper_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('multiple', sa.Boolean(), nullable=True))
    op.execute("UPDATE paper_item SET multiple = (shape = 'many')")
    with op.batch_alter_table('paper_item', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_paper_item_shape'), type_='check')
        batch_op.alter_column('multiple', existing_type=sa.Boolean(), nullable=False)
        batch_op.drop_column('shape')
    op.drop_table('media')
    with op.batch_alter_table('answer_key', schema=None) as batch_op:
        batch_op.drop_column('settings')
        batch_op.drop_column('credits')
    with op.batch_alter_table('question_version', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_question_version_type'), type_='check')
        batch_op.create_check_constraint(op.f('ck_question_version_type'), OLD)
        batch_op.drop_column('tags')
        batch_op.drop_column('parts')
        batch_op.drop_column('markup')
