"""appeals by sitting and by who made them"""

from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_appeal_attempt', 'appeal', ['attempt_id'])
    op.create_index('ix_appeal_made_by', 'appeal', ['made_by', 'made_at'])


def downgrade() -> None:
    op.drop_index('ix_appeal_made_by', 'appeal')
    op.drop_index('ix_appeal_attempt', 'appeal')
