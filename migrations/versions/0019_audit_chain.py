"""the trail as a chain of digests"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'audit_link',
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('event_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['event_id'], ['audit_event.id'], name=op.f('fk_audit_link_event_id_audit_event')),
        sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_link')),
        sa.UniqueConstraint('event_id', name=op.f('uq_audit_link_event_id')),
    )


def downgrade() -> None:
    op.drop_table('audit_link')
