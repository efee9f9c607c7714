"""analysis: what answers say of questions, and sittings that are alike"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
INSTANT = contest.columns.Instant()


def upgrade() -> None:
    op.create_table(
        'comparison',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('as_of', INSTANT, nullable=False),
        sa.Column('runs', sa.Integer(), nullable=False),
        sa.Column('sittings', sa.Integer(), nullable=False),
        sa.Column('in_units', sa.BigInteger(), nullable=False),
        sa.Column('across', sa.BigInteger(), nullable=False),
        sa.Column('compared', sa.BigInteger(), nullable=False),
        sa.Column('false_alarms', sa.Integer(), nullable=False),
        sa.Column('complete', sa.Boolean(), nullable=False),
        sa.Column('found', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_comparison_round_id_round')),
        sa.PrimaryKeyConstraint('round_id', name=op.f('pk_comparison'))
    )
    op.create_table(
        'round_analysis',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('as_of', INSTANT, nullable=False),
        sa.Column('runs', sa.Integer(), nullable=False),
        sa.Column('sittings', sa.Integer(), nullable=False),
        sa.Column('method', sa.String(length=10), nullable=False),
        sa.Column('reason', sa.String(length=20), server_default='', nullable=False),
        sa.Column('coefficient', sa.Integer(), nullable=True),
        sa.Column('sem', sa.Integer(), nullable=True),
        sa.Column('questions', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_round_analysis_round_id_round')),
        sa.PrimaryKeyConstraint('round_id', name=op.f('pk_round_analysis'))
    )
    op.create_table(
        'item_figures',
        sa.Column('round_id', ID, nullable=False),
        sa.Column('version_id', ID, nullable=False),
        sa.Column('kind', sa.String(length=4), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('correct', sa.Integer(), nullable=False),
        sa.Column('facility', sa.Integer(), nullable=True),
        sa.Column('correlation', sa.Integer(), nullable=True),
        sa.Column('upper', sa.Integer(), nullable=True),
        sa.Column('lower', sa.Integer(), nullable=True),
        sa.Column('discrimination', sa.Integer(), nullable=True),
        sa.Column('verdict', sa.String(length=10), nullable=False),
        sa.Column('remarks', sa.JSON(), nullable=False),
        sa.Column('choices', sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('key', 'full', 'out')", name=op.f('ck_item_figures_kind')),
        sa.CheckConstraint('correct BETWEEN 0 AND asked', name=op.f('ck_item_figures_correct')),
        sa.ForeignKeyConstraint(['round_id'], ['round_analysis.round_id'], name=op.f('fk_item_figures_round_id_round_analysis'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['version_id'], ['question_version.id'], name=op.f('fk_item_figures_version_id_question_version')),
        sa.PrimaryKeyConstraint('round_id', 'version_id', name=op.f('pk_item_figures'))
    )
    op.create_index('ix_item_figures_version', 'item_figures', ['version_id'], unique=False)
    op.create_table(
        'similar_pair',
        sa.Column('id', ID, nullable=False),
        sa.Column('round_id', ID, nullable=False),
        sa.Column('first_id', ID, nullable=False),
        sa.Column('second_id', ID, nullable=False),
        sa.Column('same_unit', sa.Boolean(), nullable=False),
        sa.Column('common', sa.Integer(), nullable=False),
        sa.Column('wrong', sa.Integer(), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('rarity', sa.Integer(), nullable=False),
        sa.Column('found_at', INSTANT, nullable=False),
        sa.Column('verdict', sa.String(length=10), server_default='waiting', nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('judged_by', ID, nullable=True),
        sa.Column('judged_at', INSTANT, nullable=True),
        sa.CheckConstraint("(verdict = 'waiting') = (judged_at IS NULL)", name=op.f('ck_similar_pair_judged')),
        sa.CheckConstraint("verdict <> 'suspicious' OR note <> ''", name=op.f('ck_similar_pair_note')),
        sa.CheckConstraint("verdict IN ('waiting', 'suspicious', 'cleared')", name=op.f('ck_similar_pair_verdict')),
        sa.CheckConstraint('first_id < second_id', name=op.f('ck_similar_pair_places')),
        sa.ForeignKeyConstraint(['first_id'], ['attempt.id'], name=op.f('fk_similar_pair_first_id_attempt')),
        sa.ForeignKeyConstraint(['judged_by'], ['account.id'], name=op.f('fk_similar_pair_judged_by_account')),
        sa.ForeignKeyConstraint(['round_id'], ['comparison.round_id'], name=op.f('fk_similar_pair_round_id_comparison')),
        sa.ForeignKeyConstraint(['second_id'], ['attempt.id'], name=op.f('fk_similar_pair_second_id_attempt')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_similar_pair')),
        sa.UniqueConstraint('round_id', 'first_id', 'second_id', name=op.f('uq_similar_pair_round_id_first_id_second_id'))
    )


def downgrade() -> None:
    op.drop_table('similar_pair')
    op.drop_index('ix_item_figures_version', table_name='item_figures')
    op.drop_table('item_figures')
    op.drop_table('round_analysis')
    op.drop_table('comparison')
