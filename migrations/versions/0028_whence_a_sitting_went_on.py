"""hints tell when a sitting's page was opened and when it went on elsewhere"""

from alembic import op


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sitting_event') as batch:
        batch.drop_constraint(op.f('ck_sitting_event_kind'), type_='check')
        batch.create_check_constraint(
            op.f('ck_sitting_event_kind'), "kind IN ('opened', 'moved', 'hidden', 'offline', 'unsaved', 'pasted')")


def downgrade() -> None:
    op.execute("DELETE FROM sitting_event WHERE kind IN ('opened', 'moved')")
    with op.batch_alter_table('sitting_event') as batch:
        batch.drop_constraint(op.f('ck_sitting_event_kind'), type_='check')
        batch.create_check_constraint(
            op.f('ck_sitting_event_kind'), "kind IN ('hidden', 'offline', 'unsaved', 'pasted')")
