import re

from contest.extensions import db
from contest.reports import slips as printing
from contest.rounds.admission import code_digest
from contest.rounds.codes import Slip
from contest.rounds.models import EntryCode
from tests.rounds.cast import cast, client_of, post

WORDS = {"title": "Phiếu dự thi", "name": "Họ và tên", "unit": "Đơn vị", "how": "Quét.", "help": "Hỗ trợ"}
KEY = "a key for tests only, 32 characters"


def made(slips):
    return printing.slips_pdf(slips, contest="Tìm hiểu", address="https://thi.example/vao", hotline="0277", words=WORDS)


def test_eight_slips_a_page_and_the_same_bytes_again():
    slips = [Slip(number, "K7QM-3F8T-W2XY", "", "Sở #import Nội vụ [*x*]") for number in range(1, 10)]
    file = made(slips)
    assert file.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", file)) == 2
    assert file == made(slips)


def test_codes_are_made_and_printed_in_one_go(app, hands, monkeypatch):
    ids = cast(app)
    printed = []
    monkeypatch.setattr("contest.reports.slip_views.slips_pdf",
                        lambda slips, **said: printed.append((slips, said)) or b"%PDF")
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/ma-du-thi/phieu.pdf"
    answer = post(client, path, unit_id=ids.unit, action="roster")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    [(slips, said)] = printed
    assert [slip.name for slip in slips] == ["Nguyễn Thị Hồng Hạnh"]
    assert said["address"].endswith("/vao")
    with app.app_context():
        row = db.session.query(EntryCode).filter_by(digest=code_digest(slips[0].code, KEY)).one()
        assert (row.account_id, row.made_by) == (ids.contestant, ids.organiser)
    post(client, path, unit_id="", action="blank", count="3", audience="citizen")
    assert [slip.name for slip in printed[1][0]] == ["", "", ""]
    for wrong in ({"unit_id": "", "action": "roster"}, {"unit_id": ids.unit, "action": "roster"},
                  {"unit_id": "", "action": "blank", "count": "501"},
                  {"unit_id": "0" * 32, "action": "blank", "count": "1"}):
        assert post(client, path, **wrong).status_code == 303
    assert post(client_of(app, ids.viewer), path, unit_id="", action="blank", count="1").status_code == 403
    with app.app_context():
        assert db.session.query(EntryCode).count() == 4
