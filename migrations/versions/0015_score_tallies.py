"""score tallies: quality by people and by sittings is counted as it comes, not anew at every look"""

import json
from collections import Counter, defaultdict

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)


def upgrade() -> None:
    with op.batch_alter_table('standing') as batch:
        batch.add_column(sa.Column('papers', sa.JSON(), server_default='[]', nullable=False))
    op.create_table(
        'score_tally',
        sa.Column('board_id', ID, nullable=False),
        sa.Column('audience', sa.String(length=10), nullable=False),
        sa.Column('correct', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('items', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.CheckConstraint('people >= 0 AND attempts >= 0', name=op.f('ck_score_tally_counts')),
        sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_score_tally_board_id_board')),
        sa.PrimaryKeyConstraint('board_id', 'audience', 'correct', 'items', name=op.f('pk_score_tally')),
    )
    _fill()
    with op.batch_alter_table('freeze') as batch:
        batch.drop_column('attempts')


def _fill() -> None:
    """What standings and results said so far; of copies, what they had counted."""
    database = op.get_bind()
    standing = sa.table('standing', sa.column('board_id', ID), sa.column('entry_id', ID), sa.column('audience'),
                        sa.column('ranked', sa.Boolean), sa.column('outside', sa.Boolean), sa.column('correct'),
                        sa.column('items'), sa.column('papers', sa.JSON))
    result = sa.table('result', sa.column('round_id', ID), sa.column('entry_id', ID), sa.column('correct'),
                      sa.column('items'), sa.column('answered'))
    freeze = sa.table('freeze', sa.column('board_id', ID), sa.column('attempts', sa.JSON))
    tally = sa.table('score_tally', sa.column('board_id', ID), sa.column('audience'), sa.column('correct'),
                     sa.column('items'), sa.column('people'), sa.column('attempts'))
    papers = defaultdict(list)
    for round_id, entry_id, correct, items, number in database.execute(
            sa.select(result.c.round_id, result.c.entry_id, result.c.correct, result.c['items'], sa.func.count())
            .where(result.c.answered > 0)
            .group_by(result.c.round_id, result.c.entry_id, result.c.correct, result.c['items'])
            .order_by(result.c.correct, result.c['items'])):
        papers[round_id, entry_id].append([correct, items, number])
    people, attempts = Counter(), Counter()
    for row in database.execute(sa.select(standing)).all():
        own = papers.get((row.board_id, row.entry_id), [])
        if own:
            database.execute(sa.update(standing).where(
                standing.c.board_id == row.board_id, standing.c.entry_id == row.entry_id).values(papers=own))
        if not row.outside:
            people[row.board_id, row.audience, row.correct, row.items] += int(row.ranked)
            for correct, items, number in own:
                attempts[row.board_id, row.audience, correct, items] += number
    for board_id, counted in database.execute(sa.select(freeze)):
        for audience, correct, items, number, answered in json.loads(counted) if isinstance(counted, str) else counted:
            if answered:
                attempts[board_id, audience, correct, items] += number
    rows = [{'board_id': board_id, 'audience': audience, 'correct': correct, 'items': items,
             'people': people[board_id, audience, correct, items],
             'attempts': attempts[board_id, audience, correct, items]}
            for board_id, audience, correct, items in sorted({*people, *attempts})
            if people[board_id, audience, correct, items] or attempts[board_id, audience, correct, items]]
    if rows:
        database.execute(sa.insert(tally), rows)


def downgrade() -> None:
    with op.batch_alter_table('freeze') as batch:
        batch.add_column(sa.Column('attempts', sa.JSON(), server_default='[]', nullable=False))
    op.drop_table('score_tally')
    with op.batch_alter_table('standing') as batch:
        batch.drop_column('papers')
