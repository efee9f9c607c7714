"""The organisers' page of certificates, one's own certificate, and the files of all of them."""

import io
import os
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.awards.acts import refuse_prize
from contest.awards.models import Award
from contest.clock import LOCAL
from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.reports import certificate_files as files
from contest.reports import certificates
from contest.rounds.models import Contest
from contest.serving import sweep
from tests import factories
from tests.awards.winners import again, listed, winners
from tests.reports.certificate_faces import pages
from tests.rounds.cast import client_of, post

FORM = {"agency_parent": "Ủy ban nhân dân tỉnh Mẫu", "agency_name": "Sở Nội vụ", "title": "Giấy khen",
        "opening": "Giám đốc Sở Nội vụ tặng", "person_address": "Ông/Bà", "unit_address": "Tập thể",
        "achieved": "Đã đạt", "reason": "Cuộc thi năm 2026", "place": "Mẫu", "accent": "blue"}


@pytest.fixture
def made(app, hands):
    with app.app_context():
        return winners()


@pytest.fixture
def organiser(app, made):
    with app.app_context():
        who = factories.account(roles=("organiser",))
        db.session.commit()
        key = who.id
    return client_of(app, key)


def page_of(made):
    return f"/to-chuc/giai-thuong/{made.list_id}/giay-chung-nhan"


def work(app):
    with app.app_context():
        run_next(app.extensions["jobs"])


def job_of(app):
    with app.app_context():
        return db.session.scalars(select(Job).order_by(Job.created_at.desc(), Job.id.desc())).first()


def download(client, made, job):
    with client.get(f"{page_of(made)}/tep/{job.id}") as answer:
        assert answer.status_code == 200
        return answer.mimetype, answer.data


def test_an_organiser_words_the_certificates_and_looks_at_a_sample(app, organiser, hands):
    with app.app_context():
        draft = winners(frozen=False)
    page = organiser.get(page_of(draft))
    assert page.status_code == 200
    for words in ("Danh sách chưa chốt nên chỉ xem thử được", "Tìm hiểu cải cách hành chính năm 2026 – Tuần 1",
                  'value="Giấy chứng nhận"'):
        assert words in page.text
    assert post(organiser, page_of(draft), **FORM).status_code == 303
    assert 'value="Giấy khen"' in organiser.get(page_of(draft)).text
    sample = organiser.get(page_of(draft) + "/xem-thu.pdf")
    [seen] = pages(sample.data)
    for words in ("GIẤY KHEN", "Giám đốc Sở Nội vụ tặng", "BẢN XEM THỬ", "Lê Thị Hồng Gấm",
                  "Mẫu, ngày … tháng … năm …", "Quyết định số … ngày …"):
        assert words in seen.text
    assert seen.codes == []
    assert not any(code in seen.text for code in draft.codes)
    picture = organiser.get(page_of(draft) + "/xem-thu.png")
    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")
    assert organiser.get(page_of(draft) + "/xem-thu.txt").status_code == 404


def test_what_is_missing_is_said_at_its_field(app, organiser, made):
    answer = post(organiser, page_of(made), **{**FORM, "title": " ", "accent": "pink", "reason": "x" * 241})
    assert answer.status_code == 422
    for words in ("Ghi tiêu đề của giấy.", "Chọn một mục trong danh sách.", "Tối đa 240 ký tự."):
        assert words in answer.text


def test_a_draft_gives_no_certificate(app, organiser, hands):
    with app.app_context():
        draft = winners(frozen=False)
    assert post(organiser, page_of(draft) + "/tao-tep", shape="pdf").status_code == 409
    assert organiser.get(f"/giay-chung-nhan/{draft.awards[0]}.pdf").status_code == 404
    assert client_of(app, draft.people[0]).get(f"/giay-chung-nhan/{draft.awards[0]}.pdf").status_code == 404


def test_the_home_page_tells_a_prize_once_it_is_announced(app, made, hands):
    with app.app_context():
        draft = winners(frozen=False)
    hands.advance(days=1)  # the rounds are over
    shown = client_of(app, made.people[0]).get("/").text
    assert "Chúc mừng bạn được Giải Nhất" in shown
    assert "Theo Quyết định số 15/QĐ-SNV ngày 20/12/2026." in shown
    assert f'href="/giay-chung-nhan/{made.awards[0]}.pdf"' in shown
    assert made.awards[1] not in shown
    assert "Chúc mừng" not in client_of(app, draft.people[0]).get("/").text


def test_a_prize_leaves_the_home_page_when_declined_or_its_contest_is_archived(app, made, hands):
    hands.advance(days=1)
    with app.app_context():
        refuse_prize(db.session.get_one(Award, made.awards[0]).prize_id, made.people[0], "Đã nghỉ việc", by=None,
                     now=hands.now())
        db.session.commit()
    assert "Chúc mừng" not in client_of(app, made.people[0]).get("/").text
    assert "Chúc mừng" in client_of(app, made.people[1]).get("/").text
    with app.app_context():
        winners()  # another contest goes on
        db.session.get_one(Contest, made.contest).archived_at = hands.now()
        db.session.commit()
    assert "Chúc mừng" not in client_of(app, made.people[1]).get("/").text


def test_whoever_a_certificate_concerns_may_have_it_and_nobody_else(app, organiser, made):
    with app.app_context():
        unit = db.session.get(factories.Unit, made.unit)
        near = factories.account(roles=("coordinator",), unit=unit)
        far = factories.account(roles=("coordinator",), unit=factories.unit("Sở Y tế"))
        viewer = factories.account(roles=("report_viewer",))
        db.session.commit()
        near, far, viewer = near.id, far.id, viewer.id
    address = f"/giay-chung-nhan/{made.awards[0]}.pdf"
    file = client_of(app, made.people[0]).get(address)
    assert (file.status_code, file.mimetype, file.headers["Cache-Control"]) == (200, "application/pdf", "no-store")
    [page] = pages(file.data)
    assert page.codes == [f"http://127.0.0.1:8000/xac-nhan/{made.codes[0]}"]
    for words in ("Lê Thị Hồng Gấm 0", "GIẢI NHẤT", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "Nguyễn Văn Mẫu",
                  "Quyết định số 15/QĐ-SNV ngày 20/12/2026", "Ngày 20 tháng 12 năm 2026"):
        assert words in page.text
    assert "BẢN XEM THỬ" not in page.text
    assert organiser.get(address).status_code == 200
    assert client_of(app, near).get(address).status_code == 200
    assert client_of(app, near).get(f"/giay-chung-nhan/{made.awards[2]}.pdf").status_code == 200  # the unit's own
    for stranger in (made.people[1], far, viewer):
        assert client_of(app, stranger).get(address).status_code == 404
    assert app.test_client().get(address).status_code == 303


def test_the_words_are_vietnamese_whatever_the_reader_reads(app, made):
    client = client_of(app, made.people[0])
    client.set_cookie("language", "en")
    [page] = pages(client.get(f"/giay-chung-nhan/{made.awards[0]}.pdf").data)
    assert "Độc lập - Tự do - Hạnh phúc" in page.text
    assert "Ban Tổ chức chứng nhận" in page.text


def test_all_certificates_in_one_file(app, organiser, made):
    assert "Danh sách có 3 giấy." in organiser.get(page_of(made)).text
    assert post(organiser, page_of(made) + "/tao-tep", shape="pdf").status_code == 303
    post(organiser, page_of(made) + "/tao-tep", shape="zip")  # one at a time
    job = job_of(app)
    waiting = organiser.get(page_of(made))
    assert "Đang chờ bắt đầu." in waiting.text
    assert "Hủy tạo tệp" in waiting.text
    progress = f"{page_of(made)}/tien-do/{job.id}"
    assert organiser.get(progress).json["words"] == "Đang chờ bắt đầu."
    work(app)
    assert organiser.get(progress).json == {"next": page_of(made)}
    assert (job_of(app).id, job_of(app).result["count"]) == (job.id, 3)
    assert "Tải về" in organiser.get(page_of(made)).text
    mimetype, file = download(organiser, made, job)
    assert mimetype == "application/pdf"
    assert [page.codes[0][-12:] for page in pages(file)] == made.codes
    assert len(file) == job_of(app).result["bytes"]
    with app.app_context():
        assert not (files.file_of(job.id, "pdf").parent / job.id).exists()


def test_a_file_for_each_unit(app, organiser, made, hands):
    with app.app_context():
        other = db.session.get(Award, made.awards[1])
        other.unit_name = "Phòng 1/2 <Mẫu>"
        db.session.commit()
    post(organiser, page_of(made) + "/tao-tep", shape="zip")
    work(app)
    mimetype, file = download(organiser, made, job_of(app))
    assert mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(file))
    assert archive.namelist() == ["001 Sở Nội vụ.pdf", "002 Phòng 1-2 -Mẫu-.pdf"]
    now = hands.now().astimezone(LOCAL)  # a zip names no zone: times are those of its reader's clock
    assert now.utcoffset() == timedelta(hours=7)
    assert [one.date_time for one in archive.infolist()] == [(*now.timetuple()[:5], now.second // 2 * 2)] * 2
    found = [[page.codes[0][-12:] for page in pages(archive.read(name))] for name in archive.namelist()]
    assert found == [[made.codes[0], made.codes[2]], [made.codes[1]]]


def test_what_is_called_off_stops_and_leaves_nothing(app, organiser, made, monkeypatch):
    monkeypatch.setattr(certificates, "STEP", 1)
    post(organiser, page_of(made) + "/tao-tep", shape="pdf")
    job = job_of(app)
    real, steps = certificates.pdf, []

    def slow(*args):
        steps.append(1)
        if len(steps) == 1:
            post(organiser, f"{page_of(made)}/huy/{job.id}")
            with app.app_context():
                files.parts_of(job.id)
        return real(*args)

    monkeypatch.setattr(certificates, "pdf", slow)
    monkeypatch.setattr("contest.jobs.running.STEP_S", 0)
    work(app)
    assert (job_of(app).state, len(steps)) == ("cancelled", 1)
    with app.app_context():
        assert not files.file_of(job.id, "pdf").exists()
        assert not (files.file_of(job.id, "pdf").parent / job.id).exists()
    assert "Đã hủy tạo tệp." in organiser.get(page_of(made)).text
    assert organiser.get(f"{page_of(made)}/tep/{job.id}").status_code == 404


def test_a_killed_workers_job_is_gone_on_with(app, organiser, made, hands, monkeypatch):
    monkeypatch.setattr(certificates, "STEP", 1)
    post(organiser, page_of(made) + "/tao-tep", shape="pdf")
    real, made_now = certificates.pdf, []

    class KilledError(BaseException):
        pass

    def dying(*args):
        if len(made_now) == 2:
            raise KilledError
        made_now.append(1)
        return real(*args)

    monkeypatch.setattr(certificates, "pdf", dying)
    with pytest.raises(KilledError):
        work(app)
    assert job_of(app).state == "running"
    monkeypatch.setattr(certificates, "pdf", lambda *args: made_now.append(2) or real(*args))
    hands.advance(seconds=60)
    work(app)
    assert made_now == [1, 1, 2]  # what was ready was not made again
    job = job_of(app)
    assert (job.state, job.tries) == ("done", 2)
    assert len(pages(download(organiser, made, job)[1])) == 3


def test_a_file_made_before_the_words_changed_says_so(app, organiser, made, hands):
    post(organiser, page_of(made) + "/tao-tep", shape="pdf")
    work(app)
    assert "Mẫu giấy đã sửa sau khi tạo tệp này" not in organiser.get(page_of(made)).text
    hands.advance(minutes=1)
    post(organiser, page_of(made), **FORM)
    assert "Mẫu giấy đã sửa sau khi tạo tệp này" in organiser.get(page_of(made)).text


def test_files_are_kept_for_a_week(app, organiser, made, hands):
    post(organiser, page_of(made) + "/tao-tep", shape="pdf")
    work(app)
    job = job_of(app)
    with app.app_context():
        file = files.file_of(job.id, "pdf")
        left = files.parts_of("1" * 32)
        (left / "x.pdf").write_bytes(b"x")
        for path in (file, left):
            os.utime(path, (hands.now().timestamp(),) * 2)

    hands.advance(days=6, hours=23)
    with app.app_context():
        sweep()
    assert file.exists()
    hands.advance(hours=1)
    with app.app_context():
        sweep()
    assert not file.exists()
    assert not left.exists()
    gone = organiser.get(f"{page_of(made)}/tep/{job.id}")
    assert (gone.status_code, "Tệp này đã xóa" in gone.text) == (404, True)


def test_a_job_of_another_list_is_not_found(app, organiser, made):
    with app.app_context():
        other = winners()
    post(organiser, page_of(made) + "/tao-tep", shape="pdf")
    job = job_of(app)
    for path in (f"/tep/{job.id}", f"/tien-do/{job.id}"):
        assert organiser.get(page_of(other) + path).status_code == 404
    assert post(organiser, f"{page_of(other)}/huy/{job.id}").status_code == 404
    assert organiser.get("/to-chuc/giai-thuong/" + "0" * 32 + "/giay-chung-nhan").status_code == 404


def test_winners_find_theirs_on_the_page_of_their_results(app, made):
    mine = client_of(app, made.people[0]).get("/ket-qua-cua-toi").text
    assert "Giấy chứng nhận của tôi" in mine
    assert f"/giay-chung-nhan/{made.awards[0]}.pdf" in mine
    assert made.awards[1] not in mine
    with app.app_context():
        draft, nobody = winners(frozen=False), factories.account()
        db.session.commit()
        key = nobody.id
    for who in (key, draft.people[0]):
        assert "Giấy chứng nhận của tôi" not in client_of(app, who).get("/ket-qua-cua-toi").text


def test_who_looks_after_a_unit_finds_its_certificates(app, organiser, made, monkeypatch):
    monkeypatch.setattr("contest.reports.certificate_views.ROWS", 2)
    with app.app_context():
        other = winners(people=1)
        near_id = factories.account(roles=("coordinator",), unit=db.session.get(factories.Unit, made.unit)).id
        db.session.commit()
    near = client_of(app, near_id)
    page = near.get("/to-chuc/giay-chung-nhan").text
    assert [award in page for award in made.awards] == [True, True, False]
    assert other.awards[0] not in page
    rest = near.get(f"/to-chuc/giay-chung-nhan?sau={made.awards[1]}").text
    assert [award in rest for award in made.awards] == [False, False, True]
    assert near.get("/to-chuc/giay-chung-nhan?sau=x%27").status_code == 200
    assert "/to-chuc/giay-chung-nhan" in near.get("/to-chuc/nguoi-du-thi").text
    assert client_of(app, made.people[0]).get("/to-chuc/giay-chung-nhan").status_code == 403
    assert organiser.get("/to-chuc/giay-chung-nhan").status_code == 200


def test_a_list_leads_to_its_certificates(app, organiser, made):
    assert page_of(made) in organiser.get(f"/to-chuc/giai-thuong/{made.list_id}").text


def test_a_declined_prize_is_not_printed(app, organiser, made):
    with app.app_context():
        refuse_prize(db.session.get(Award, made.awards[1]).prize_id, made.people[1], "Không đến nhận", by=None,
                     now=factories.NOON)
        db.session.commit()
    page = organiser.get(page_of(made)).text
    assert "Danh sách có 2 giấy." in page
    assert "Không in 1 giấy của người đã từ chối" in page
    post(organiser, page_of(made) + "/tao-tep", shape="pdf")
    work(app)
    found = pages(download(organiser, made, job_of(app))[1])
    assert [one.codes[0][-12:] for one in found] == [made.codes[0], made.codes[2]]
    assert client_of(app, made.people[1]).get(f"/giay-chung-nhan/{made.awards[1]}.pdf").status_code == 404


def test_a_replaced_list_says_so(app, organiser, made):
    with app.app_context():
        listed(made.plan, [again(db.session.get(Award, made.awards[0]))], number=2, decision="20/QĐ-SNV")
        db.session.commit()
    assert "Danh sách này đã được thay bằng danh sách theo Quyết định số 20/QĐ-SNV" in organiser.get(page_of(made)).text
    assert client_of(app, made.people[0]).get(f"/giay-chung-nhan/{made.awards[0]}.pdf").status_code == 404


def test_an_empty_list_has_nothing_to_print(app, organiser, made):
    with app.app_context():
        empty = listed(made.plan, [], number=2).id
        db.session.commit()
    address = f"/to-chuc/giai-thuong/{empty}/giay-chung-nhan"
    page = organiser.get(address).text
    assert "Danh sách có 0 giấy." in page
    assert "Tạo một tệp PDF" not in page
    assert post(organiser, address + "/tao-tep", shape="pdf").status_code == 409
    [sample] = pages(organiser.get(address + "/xem-thu.pdf").data)
    assert "Họ và tên người đạt giải" in sample.text
