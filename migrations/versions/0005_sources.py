"""sources: documents with their sections, and which questions cite them"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import contest.columns
from contest.questions.formats.citing import Law, Library, match
from contest.questions.formats.law_numbers import named, name_key, number_key
from contest.questions.formats.locators import key_of
from contest.questions.formats.text import fold


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

CHUNK = 1000
Id = contest.columns.Id


def upgrade() -> None:
    op.create_table(
        'document',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('number', sa.String(length=60), nullable=False),
        sa.Column('number_key', sa.String(length=60), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('issuer', sa.String(length=200), nullable=False),
        sa.Column('issued_on', sa.Date(), nullable=True),
        sa.Column('in_force_from', sa.Date(), nullable=True),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('expired_on', sa.Date(), nullable=True),
        sa.Column('cited_as', sa.Text(), nullable=False),
        sa.Column('origin', sa.String(length=6), nullable=False),
        sa.Column('file_name', sa.String(length=255), nullable=False),
        sa.Column('search_text', sa.Text(), nullable=False),
        sa.Column('created_at', contest.columns.Instant(), nullable=False),
        sa.Column('created_by', contest.columns.Id(length=32), nullable=True),
        sa.CheckConstraint("kind IN ('ke_hoach', 'nghi_quyet', 'quyet_dinh', 'luat', 'nghi_dinh', 'thong_tu', "
                           "'chi_thi', 'de_an', 'other')",
            name=op.f('ck_document_kind')),
        sa.CheckConstraint("origin IN ('source', 'file', 'hand')", name=op.f('ck_document_origin')),
        sa.CheckConstraint("status IN ('in_force', 'replaced', 'partly_replaced', 'expired')",
            name=op.f('ck_document_status')),
        sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_document_created_by_account')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_number_key'), ['number_key'], unique=False)
    op.create_table(
        'document_replacement',
        sa.Column('old_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('new_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('partly', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.CheckConstraint('old_id <> new_id', name=op.f('ck_document_replacement_self')),
        sa.ForeignKeyConstraint(['new_id'], ['document.id'], name=op.f('fk_document_replacement_new_id_document')),
        sa.ForeignKeyConstraint(['old_id'], ['document.id'], name=op.f('fk_document_replacement_old_id_document')),
        sa.PrimaryKeyConstraint('old_id', 'new_id', name=op.f('pk_document_replacement')),
    )
    with op.batch_alter_table('document_replacement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_replacement_new_id'), ['new_id'], unique=False)
    op.create_table(
        'section',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('document_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('parent_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('chapter_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('depth', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('locator', sa.String(length=120), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('search_text', sa.Text(), nullable=False),
        sa.Column('dropped', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(['chapter_id'], ['section.id'], name=op.f('fk_section_chapter_id_section')),
        sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_section_document_id_document')),
        sa.ForeignKeyConstraint(['parent_id'], ['section.id'], name=op.f('fk_section_parent_id_section')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_section')),
        sa.UniqueConstraint('document_id', 'key', name=op.f('uq_section_document_id_key')),
    )
    with op.batch_alter_table('section', schema=None) as batch_op:
        batch_op.create_index('ix_section_document_position', ['document_id', 'position'], unique=False)
    op.create_table(
        'question_section',
        sa.Column('question_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('section_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('how', sa.String(length=6), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.CheckConstraint("how IN ('import', 'guess', 'hand')", name=op.f('ck_question_section_how')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_question_section_by_account')),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'],
            name=op.f('fk_question_section_question_id_question')),
        sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_question_section_section_id_section')),
        sa.PrimaryKeyConstraint('question_id', 'section_id', name=op.f('pk_question_section')),
    )
    with op.batch_alter_table('question_section', schema=None) as batch_op:
        batch_op.create_index('ix_question_section_section', ['section_id', 'question_id'], unique=False)
    op.create_table(
        'bank_citation',
        sa.Column('bank_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('citation', sa.String(length=300), nullable=False),
        sa.Column('section_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('listed', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['bank_id'], ['bank.id'], name=op.f('fk_bank_citation_bank_id_bank')),
        sa.ForeignKeyConstraint(['section_id'], ['section.id'], name=op.f('fk_bank_citation_section_id_section')),
        sa.PrimaryKeyConstraint('bank_id', 'citation', 'section_id', name=op.f('pk_bank_citation')),
    )
    with op.batch_alter_table('bank_citation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_citation_section_id'), ['section_id'], unique=False)
    op.create_table(
        'document_verdict',
        sa.Column('question_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('document_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('by', contest.columns.Id(length=32), nullable=True),
        sa.Column('at', contest.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_document_verdict_by_account')),
        sa.ForeignKeyConstraint(['document_id'], ['document.id'],
            name=op.f('fk_document_verdict_document_id_document')),
        sa.ForeignKeyConstraint(['question_id'], ['question.id'],
            name=op.f('fk_document_verdict_question_id_question')),
        sa.PrimaryKeyConstraint('question_id', 'document_id', name=op.f('pk_document_verdict')),
    )
    op.create_table(
        'document_draft',
        sa.Column('id', contest.columns.Id(length=32), nullable=False),
        sa.Column('document_id', contest.columns.Id(length=32), nullable=True),
        sa.Column('file_name', sa.String(length=255), nullable=False),
        sa.Column('head', sa.JSON(), nullable=False),
        sa.Column('notes', sa.JSON(), nullable=False),
        sa.Column('created_at', contest.columns.Instant(), nullable=False),
        sa.Column('created_by', contest.columns.Id(length=32), nullable=True),
        sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_document_draft_created_by_account')),
        sa.ForeignKeyConstraint(['document_id'], ['document.id'],
            name=op.f('fk_document_draft_document_id_document')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_document_draft')),
    )
    op.create_table(
        'document_draft_step',
        sa.Column('draft_id', contest.columns.Id(length=32), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('entries', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['draft_id'], ['document_draft.id'],
            name=op.f('fk_document_draft_step_draft_id_document_draft')),
        sa.PrimaryKeyConstraint('draft_id', 'number', name=op.f('pk_document_draft_step')),
    )
    _move_sources()
    op.drop_table('source')


def _table(name: str, **columns: Any) -> Any:
    return sa.table(name, *(sa.column(key, kind) for key, kind in columns.items()))


SOURCE = _table('source', id=Id(), bank_id=Id(), citation=sa.String(), document=sa.Text(), locator=sa.String(),
                title=sa.Text())
BANK = _table('bank', id=Id(), created_at=sa.BigInteger())
DOCUMENT = _table('document', id=Id(), kind=sa.String(), number=sa.String(), number_key=sa.String(), title=sa.Text(),
                  issuer=sa.String(), issued_on=sa.Date(), status=sa.String(), cited_as=sa.Text(), origin=sa.String(),
                  file_name=sa.String(), search_text=sa.Text(), created_at=sa.BigInteger())
SECTION = _table('section', id=Id(), document_id=Id(), position=sa.Integer(), depth=sa.Integer(), key=sa.String(),
                 locator=sa.String(), title=sa.Text(), text=sa.Text(), search_text=sa.Text())
CITATION = _table('bank_citation', bank_id=Id(), citation=sa.String(), section_id=Id(), position=sa.Integer(),
                  listed=sa.Boolean())
LINK = _table('question_section', question_id=Id(), section_id=Id(), how=sa.String(), at=sa.BigInteger())


def _move_sources() -> None:
    """Make the sections that banks listed ones of documents, told apart by the words that name them."""
    connection = op.get_bind()
    made = dict(connection.execute(sa.select(BANK.c.id, BANK.c.created_at)).all())
    documents: dict[str, dict[str, Any]] = {}
    sections: dict[tuple[str, str], dict[str, Any]] = {}
    citations: list[dict[str, Any]] = []
    for row in connection.execute(sa.select(SOURCE).order_by(SOURCE.c.bank_id, SOURCE.c.id)):
        name = name_key(row.document)
        document = documents.get(name)
        if document is None:
            said = named(row.document)
            document = documents[name] = {
                'id': contest.columns.new_id(), 'kind': said.kind or 'other', 'number': said.number[:60],
                'number_key': number_key(said.number)[:60], 'title': said.title, 'issuer': said.issuer[:200],
                'issued_on': said.issued_on, 'status': 'in_force', 'cited_as': row.document, 'origin': 'source',
                'file_name': '', 'search_text': fold(row.document), 'created_at': made[row.bank_id]}
        place = (document['id'], key_of(row.locator))
        section = sections.get(place)
        if section is None:
            section = sections[place] = {
                'id': contest.columns.new_id(), 'document_id': document['id'], 'position': len(sections) + 1,
                'depth': 0, 'key': place[1], 'locator': row.locator, 'title': row.title, 'text': '',
                'search_text': fold(f'{row.locator} {row.title}')}
        elif row.title and row.title != section['title']:
            section['text'] = f"{section['text']}\n{row.title}".strip()
        citations.append({'bank_id': row.bank_id, 'citation': row.citation, 'section_id': section['id'],
                          'position': len(citations) + 1, 'listed': True})
    for table, rows in ((DOCUMENT, list(documents.values())), (SECTION, list(sections.values())),
                        (CITATION, citations)):
        if rows:
            connection.execute(sa.insert(table), rows)
    for bank_id, created_at in made.items():
        _link(connection, bank_id, created_at, documents, sections, citations)


def _link(connection: sa.Connection, bank_id: str, created_at: int, documents: dict[str, dict[str, Any]],
          sections: dict[tuple[str, str], dict[str, Any]], citations: list[dict[str, Any]]) -> None:
    """Link a bank's questions with the sections that their citations name exactly."""
    words = {row['citation']: (row['section_id'],) for row in citations if row['bank_id'] == bank_id}
    held = {section for found in words.values() for section in found}
    owners = {row['document_id'] for row in sections.values() if row['id'] in held}
    library = Library(tuple(
        Law(row['id'], row['kind'], row['number_key'], (row['cited_as'],),
            {key: one['id'] for (owner, key), one in sections.items() if owner == row['id']})
        for row in documents.values() if row['id'] in owners), words)
    rows = connection.execute(
        sa.text("""SELECT q.id, k.citation FROM question q
                   JOIN question_version v ON v.question_id = q.id AND v.number = q.version
                   JOIN answer_key k ON k.version_id = v.id
                   WHERE q.bank_id = :bank AND k.citation IS NOT NULL AND k.citation <> ''""")
        .bindparams(sa.bindparam('bank', bank_id, Id())).columns(id=Id(), citation=sa.Text())).all()
    meant = {citation: match(citation, library) for citation in {row.citation for row in rows}}
    links = [{'question_id': row.id, 'section_id': section, 'how': 'import', 'at': created_at}
             for row in rows if meant[row.citation].grade == 'exact' for section in meant[row.citation].sections]
    for start in range(0, len(links), CHUNK):
        connection.execute(sa.insert(LINK), links[start:start + CHUNK])


def downgrade() -> None:
    op.create_table(
        'source',
        sa.Column('id', Id(length=32), nullable=False),
        sa.Column('bank_id', Id(length=32), nullable=False),
        sa.Column('citation', sa.String(length=200), nullable=False),
        sa.Column('document', sa.Text(), nullable=False),
        sa.Column('locator', sa.String(length=60), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['bank_id'], ['bank.id'], name=op.f('fk_source_bank_id_bank')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
        sa.UniqueConstraint('bank_id', 'citation', name=op.f('uq_source_bank_id_citation')),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(CITATION.c.bank_id, CITATION.c.citation, DOCUMENT.c.cited_as, DOCUMENT.c.title.label('words'),
                  SECTION.c.locator, SECTION.c.title)
        .join_from(CITATION, SECTION, SECTION.c.id == CITATION.c.section_id)
        .join(DOCUMENT, DOCUMENT.c.id == SECTION.c.document_id)
        .where(CITATION.c.listed).order_by(CITATION.c.position))
    found = {(row.bank_id, row.citation[:200]): {
        'id': contest.columns.new_id(), 'bank_id': row.bank_id, 'citation': row.citation[:200],
        'document': row.cited_as or row.words, 'locator': row.locator[:60], 'title': row.title} for row in rows}
    if found:
        connection.execute(sa.insert(SOURCE), list(found.values()))
    for name in ('document_draft_step', 'document_draft', 'document_verdict', 'bank_citation', 'question_section',
                 'section', 'document_replacement', 'document'):
        op.drop_table(name)
