"""certificates: how those of a list are worded; whose an award is, found at once"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    op.create_table(
        'certificate_design',
        sa.Column('list_id', ID, nullable=False),
        sa.Column('agency_parent', sa.String(length=120), nullable=False),
        sa.Column('agency_name', sa.String(length=120), nullable=False),
        sa.Column('title', sa.String(length=40), nullable=False),
        sa.Column('opening', sa.String(length=120), nullable=False),
        sa.Column('person_address', sa.String(length=40), nullable=False),
        sa.Column('unit_address', sa.String(length=40), nullable=False),
        sa.Column('achieved', sa.String(length=60), nullable=False),
        sa.Column('reason', sa.String(length=240), nullable=False),
        sa.Column('place', sa.String(length=60), nullable=False),
        sa.Column('accent', sa.String(length=10), nullable=False),
        sa.Column('changed_at', contest.columns.Instant(), nullable=False),
        sa.Column('changed_by', ID, nullable=True),
        sa.CheckConstraint("accent IN ('red', 'blue', 'green', 'brown')",
                           name=op.f('ck_certificate_design_accent')),
        sa.ForeignKeyConstraint(['changed_by'], ['account.id'], name=op.f('fk_certificate_design_changed_by_account')),
        sa.ForeignKeyConstraint(['list_id'], ['award_list.id'], name=op.f('fk_certificate_design_list_id_award_list')),
        sa.PrimaryKeyConstraint('list_id', name=op.f('pk_certificate_design')),
    )
    with op.batch_alter_table('award') as batch:
        batch.create_index(op.f('ix_award_entry_id'), ['entry_id'])


def downgrade() -> None:
    with op.batch_alter_table('award') as batch:
        batch.drop_index(op.f('ix_award_entry_id'))
    op.drop_table('certificate_design')
