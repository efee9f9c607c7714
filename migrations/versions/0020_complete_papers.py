"""complete papers: people who took part without a valid paper are counted"""

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    with op.batch_alter_table('unit_tally') as batch:
        batch.add_column(sa.Column('invalid', sa.Integer(), server_default='0', nullable=False))
        batch.drop_constraint(op.f('ck_unit_tally_counts'), type_='check')
        batch.create_check_constraint(op.f('ck_unit_tally_counts'), 'people >= 0 AND attempts >= 0 AND blank >= 0 AND '
                                      'perfect >= 0 AND passed >= 0 AND invalid >= 0')
    _fill()


def _fill() -> None:
    """On a contest's board: who sat only in rounds that count for nobody."""
    database = op.get_bind()
    standing = sa.table('standing', sa.column('board_id', ID), sa.column('unit_id', ID), sa.column('audience'),
                        sa.column('ranked', sa.Boolean), sa.column('outside', sa.Boolean), sa.column('attempts'))
    tally = sa.table('unit_tally', sa.column('board_id', ID), sa.column('unit_key', ID), sa.column('audience'),
                     sa.column('people'), sa.column('invalid'))
    for board_id, unit_id, audience, number in database.execute(
            sa.select(standing.c.board_id, standing.c.unit_id, standing.c.audience, sa.func.count())
            .where(standing.c.attempts > 0, ~standing.c.ranked, ~standing.c.outside)
            .group_by(standing.c.board_id, standing.c.unit_id, standing.c.audience)).all():
        database.execute(sa.update(tally).where(
            tally.c.board_id == board_id, tally.c.unit_key == (unit_id or board_id), tally.c.audience == audience)
            .values(people=tally.c.people + number, invalid=number))


def downgrade() -> None:
    op.execute('UPDATE unit_tally SET people = people - invalid')
    with op.batch_alter_table('unit_tally') as batch:
        batch.drop_constraint(op.f('ck_unit_tally_counts'), type_='check')
        batch.create_check_constraint(op.f('ck_unit_tally_counts'), 'people >= 0 AND attempts >= 0 AND blank >= 0 AND '
                                      'perfect >= 0 AND passed >= 0')
        batch.drop_column('invalid')
