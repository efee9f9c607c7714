"""The pages about analysed questions: who may open them, what they say, that they cost a page."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.jobs.running import run_next
from contest.questions.models import Bank
from contest.reports import analysis_jobs
from contest.rounds.models import Round
from contest.standings.keys import Correction
from tests import factories as make
from tests.factories import NOON
from tests.reports.crowd import LATER, Crowd
from tests.reports.test_analysing import regraded
from tests.rounds.cast import client_of, post
from tests.statements import counted


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def scene(app, hands):
    hands.set(LATER)
    with app.app_context():
        return Crowd(people=80, wrong_key=True).settle()


def base(scene):
    return f"/to-chuc/dot-thi/{scene.ids['round']}/phan-tich"


def work(app):
    with app.app_context():
        while run_next(analysis_jobs.HANDLERS):
            pass


def test_from_asking_to_the_question_and_its_run(app, scene):
    client = client_of(app, scene.ids["organiser"])
    before = client.get(base(scene))
    assert "Phân tích" in text(before)
    assert "Trả lời đúng" not in text(before)
    assert post(client, base(scene)).status_code == 303
    waiting = client.get(base(scene))
    assert "Đang chờ bắt đầu." in text(waiting)
    assert 'http-equiv="refresh"' in waiting.get_data(as_text=True)
    assert client.get(base(scene) + "/tien-do/round.analyse").get_json()["words"] == "Đang chờ bắt đầu."
    work(app)
    assert client.get(base(scene) + "/tien-do/round.analyse").get_json() == {"next": base(scene)}
    page = text(client.get(base(scene)))
    right = sum(chosen[0] == scene.tokens[0][1] for chosen in scene.chosen)
    assert f"{right}/80" in page
    assert page.index("Nghi sai đáp án") < page.index("Tương quan")
    assert "Độ tin cậy" in page
    assert "KR-20" in page
    one = client.get(f"{base(scene)}/{scene.ids['versions'][0]}").get_data(as_text=True)
    assert "Nhóm điểm cao chọn một phương án khác" in one
    run = re.search(r'href="(/to-chuc/dot-thi/[^"]*/cham-lai/moi\?cau=[0-9a-f]{32})"', one)[1]
    assert "Đáp án mới" in text(client.get(run))


def test_it_says_so_where_keys_were_put_right_since(app, scene):
    client = client_of(app, scene.ids["organiser"])
    post(client, base(scene))
    work(app)
    assert "theo đáp án cũ" not in text(client.get(base(scene)))
    with app.app_context():
        regraded(scene, {scene.ids["versions"][0]: Correction("key", [scene.keys[0]])})
    assert "Đang tính lại" in text(client.get(base(scene)))
    work(app)
    page = text(client.get(base(scene)))
    assert "theo đáp án cũ" not in page
    assert "0 câu nghi sai đáp án" in page


def test_nobody_reads_it_before_the_end_and_only_organisers_then(app, hands, scene):
    client = client_of(app, scene.ids["organiser"])
    post(client, base(scene))
    work(app)
    paths = [base(scene), f"{base(scene)}/{scene.ids['versions'][0]}", base(scene) + ".xlsx"]
    with app.app_context():
        others = [make.account(roles=(role,), unit=make.unit()).id for role in (
            "contestant", "coordinator", "report_viewer", "reviewer")]
        db.session.commit()
    for other in others:
        assert {client_of(app, other).get(path).status_code for path in paths} == {403}
    assert {client.get(path).status_code for path in paths} == {200}
    with app.app_context():
        db.session.get(Round, scene.ids["round"]).closes_at = LATER.replace(year=2027)  # opened again
        db.session.commit()
    assert "Đợt thi còn mở" in text(client.get(paths[0]))
    assert [client.get(path).status_code for path in paths] == [200, 404, 404]
    assert post(client, f"/to-chuc/dot-thi/{'0' * 32}/phan-tich").status_code == 404


def test_filters_sorting_and_pages(app, scene):
    client = client_of(app, scene.ids["organiser"])
    post(client, base(scene))
    work(app)
    shown = text(client.get(base(scene) + "?xem=probable_wrong_key"))
    assert shown.count("Chọn một đáp án") == 1
    with app.app_context():
        rows = [(row.code, row.id) for row in db.session.execute(
            select(make.Question.code, make.QuestionVersion.id).join(
                make.QuestionVersion, make.QuestionVersion.question_id == make.Question.id))]
    code = rows[3][0]
    found = client.get(base(scene) + f"?q={code}").get_data(as_text=True)
    assert [version for _code, version in rows if f"phan-tich/{version}" in found] == [rows[3][1]]
    up = re.findall(r"phan-tich/([0-9a-f]{32})\"", client.get(base(scene) + "?sap=dung&chieu=tang").get_data(True))
    down = re.findall(r"phan-tich/([0-9a-f]{32})\"", client.get(base(scene) + "?sap=dung&chieu=giam").get_data(True))
    right = {version: sum(chosen[place] == key for chosen in scene.chosen) for place, (version, key) in enumerate(
        zip(scene.ids["versions"], [scene.tokens[0][1], *scene.keys[1:]], strict=True))}
    assert [right[one] for one in up] == sorted(right.values())
    assert [right[one] for one in down] == sorted(right.values(), reverse=True)
    assert "Không có câu nào khớp" in text(client.get(base(scene) + "?q=khong-co-cau-nay"))
    assert client.get(base(scene) + "?sap=x&chieu=y&trang=99&xem=z").status_code == 200


def test_a_page_costs_a_page(app, hands):
    hands.set(LATER)
    asked = []
    for questions in (3, 24):
        with app.app_context():
            crowd = Crowd(people=4, items=questions).settle()
        client = client_of(app, crowd.ids["organiser"])
        post(client, base(crowd))
        work(app)
        client.get(base(crowd))
        with counted(app) as statements:
            client.get(base(crowd))
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_the_workbook(app, scene):
    client = client_of(app, scene.ids["organiser"])
    assert client.get(base(scene) + ".xlsx").status_code == 404
    post(client, base(scene))
    work(app)
    with app.app_context():
        db.session.get(make.QuestionVersion, scene.ids["versions"][2]).stem = "=1+1"
        db.session.commit()
    book = load_workbook(BytesIO(client.get(base(scene) + ".xlsx").data))
    rows = [list(row) for row in book["Câu hỏi"].iter_rows(values_only=True)]
    top = next(place for place, row in enumerate(rows) if row[0] == "Mã câu")
    table = [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1:]]
    assert len(table) == 6
    assert table[0]["Dấu hiệu"].startswith("Nghi sai đáp án")
    right = sum(chosen[0] == scene.tokens[0][1] for chosen in scene.chosen)
    assert (table[0]["Lượt thi"], table[0]["Số đúng"], table[0]["Tỷ lệ đúng"]) == (80, right, pytest.approx(right / 80))
    assert table[0]["Từ"] < right / 80 < table[0]["Đến"]
    assert book["Câu hỏi"].cell(top + 2, 6).number_format == "0.00%"
    cells = [cell for row in book["Câu hỏi"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]
    options = [list(row) for row in book["Phương án"].iter_rows(values_only=True)]
    assert sum(row[4] for row in options[1:6]) == 80
    assert [row[3] for row in options[1:6]].count("Đúng") == 1


def test_reading_a_sealed_bank_is_on_record(app, scene):
    client = client_of(app, scene.ids["organiser"])
    post(client, base(scene))
    work(app)
    with app.app_context():
        db.session.get(Bank, scene.ids["bank"]).sealed_at = NOON
        db.session.commit()
    for path in (base(scene), f"{base(scene)}/{scene.ids['versions'][0]}", base(scene) + ".xlsx"):
        assert client.get(path).status_code == 200
    with app.app_context():
        told = db.session.scalars(select(AuditEvent.details).where(AuditEvent.action == "bank.reading")).all()
        assert [one["what"] for one in told] == ["analysis"] * 3
