"""what a wrong answer costs by a question's own rule, beside what its contestants may see"""

import json

import contest.columns
import sqlalchemy as sa
from alembic import op


revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

ID = contest.columns.Id(length=32)
VERSION = sa.table('question_version', sa.column('id', ID), sa.column('type', sa.String), sa.column('penalty', sa.String))
KEY = sa.table('answer_key', sa.column('version_id', ID), sa.column('settings', sa.JSON))
CHOICES = ('single', 'multiple', 'true_false')
# Rule → the types it fits and that rule's least and usual penalty, as of this revision.
RULES = {'negative': (('multiple', 'cluster', 'matching', 'gaps'), 1, 100),
         'all_or_nothing': ((*CHOICES, 'cluster', 'matching', 'gaps', 'ordering', 'short_text', 'number'), 0, 0)}


def upgrade() -> None:
    op.add_column('question_version', sa.Column('penalty', sa.String(length=16), server_default='', nullable=False))
    found = op.get_bind().execute(
        sa.select(VERSION.c.id, VERSION.c.type, KEY.c.settings).join(KEY, KEY.c.version_id == VERSION.c.id)
        .where(sa.cast(KEY.c.settings, sa.Text).like('%"rule"%'))).all()
    costs = [{'version': row.id, 'costs': costs} for row in found if (costs := _costs(row.type, _read(row.settings)))]
    if costs:
        op.get_bind().execute(sa.update(VERSION).where(VERSION.c.id == sa.bindparam('version'))
                              .values(penalty=sa.bindparam('costs')), costs)


def downgrade() -> None:
    op.drop_column('question_version', 'penalty')


def _read(settings: object) -> dict[str, str]:
    return json.loads(settings) if isinstance(settings, str) else settings or {}


def _costs(kind: str, settings: dict[str, str]) -> str:
    rule, said = settings.get('rule'), settings.get('penalty_percent')
    if rule == 'credits' and kind in CHOICES and settings.get('below_zero') == '1':
        return 'options'
    types, low, usual = RULES.get(rule, ((), 0, 0))
    if kind not in types or (said is not None and not (said.isascii() and said.isdigit() and low <= int(said) <= 100)):
        return ''
    percent = usual if said is None else int(said)
    return f"{'part' if rule == 'negative' else 'whole'} {percent}" if percent else ''
