"""A round with an essay, closed and half marked by two markers; what its people wrote is invented."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from contest.demo.sittings import Sitter, count_rows
from contest.extensions import db
from contest.identity.models import Account
from contest.marking import arranging, operations, rubrics
from contest.marking.arranging import Choices
from contest.marking.models import Assignment, Essay
from contest.marking.operations import Given
from contest.questions.content import Content
from contest.questions.models import Bank, QuestionVersion
from contest.questions.operations import create_bank
from contest.questions.writing import add_question
from contest.rounds.models import Contest, Round
from contest.rounds.operations import RoundFields, create_round
from contest.rounds.publishing import publish_round
from contest.scoring.essays import Criterion, Terms
from contest.standings.operations import score_round

MARKERS = ("giamkhao1", "giamkhao2")
WRITERS = 14
BY_BOTH, BY_ONE = 7, 3  # essays that both have marked, that one has; the others wait
STEM = ("Nêu một sáng kiến cải cách hành chính có thể làm ngay ở đơn vị của anh, chị: việc gì đang vướng, làm thế nào, "
        "người dân được lợi gì? (tối đa 500 từ)")
CRITERIA = (Criterion("y", "Ý tưởng", 200, "Đúng việc đang vướng, có điểm mới", 50),
            Criterion("k", "Khả thi", 200, "Làm được ngay với người và máy đang có", 50),
            Criterion("d", "Diễn đạt", 100, "Rõ, gọn, đúng chính tả", 25))
TEXTS = (
    "Hiện người dân phải đến hai bàn để nộp và lấy phiếu hẹn.\n\nĐơn vị gộp thành một bàn, in phiếu hẹn ngay khi nhận "
    "hồ sơ. Mỗi người bớt khoảng mười phút chờ, cán bộ không phải ghi sổ hai lần.",
    "Nhiều hồ sơ bị trả lại vì thiếu bản sao giấy tờ đã có trong cơ sở dữ liệu.\n\nĐề nghị bộ phận một cửa tự tra cứu, "
    "không yêu cầu nộp lại. Việc này không cần thêm máy, chỉ cần phân quyền tra cứu cho hai công chức.",
    "Đặt mã QR trước cửa mỗi phòng, quét là thấy thủ tục, thời hạn, lệ phí và người phụ trách. Người dân không phải "
    "hỏi bảo vệ; khi quy định đổi thì sửa một chỗ.",
    "Mỗi tháng chọn ba thủ tục bị phản ánh nhiều nhất, mời người đã làm thủ tục đến kể lại từng bước, rồi bỏ bước thừa."
    "\n\nChi phí gần như không có, kết quả niêm yết công khai.",
    "Nhắn tin cho người dân khi hồ sơ xong sớm hơn hẹn. Hiện nay nhiều hồ sơ xong trước hai ngày nhưng không ai biết.",
    "Lập tổ hỗ trợ nộp hồ sơ trực tuyến vào sáng thứ Bảy ở nhà văn hóa ấp, do đoàn viên phụ trách, có sẵn hai máy tính "
    "và một máy quét. Người lớn tuổi được làm cùng, lần sau tự làm được.",
    "Mẫu đơn bằng chữ to, có ví dụ điền sẵn ở mặt sau. Nhìn ví dụ là điền đúng, giảm hồ sơ phải sửa.",
)


def hold(contest: Contest, banks: Sequence[Bank], people: Sequence[Account], window: tuple[datetime, datetime], *,
         by: str, now: datetime) -> Round:
    """The round, sat by the first `WRITERS` people and marked as far as `BY_BOTH` and `BY_ONE` say."""
    rng = random.Random(len(STEM))  # noqa: S311 -- invented data, the same each time
    round_ = _round(contest, banks, window, by)
    sitter = Sitter(round_, rng, TEXTS)
    span_s = int((window[1] - window[0] - timedelta(hours=1)).total_seconds())
    for account in people[:WRITERS]:
        sitter.sit(account, window[0] + timedelta(seconds=rng.randrange(span_s)), rng.betavariate(6, 1.6))
    sitter.write()
    score_round(round_.id, now)
    count_rows()
    _arrange(round_, by, now)
    _mark(round_, rng, now)
    return round_


def _round(contest: Contest, banks: Sequence[Bank], window: tuple[datetime, datetime], by: str) -> Round:
    made_at = window[0] - timedelta(days=5)
    own = create_bank("tu-luan-mau", "Câu hỏi tự luận mẫu", by=by, now=made_at)
    add_question(own.id, Content("essay", STEM, points=500), code="TL-01", by=by, now=made_at)
    round_ = create_round(contest.id, RoundFields(
        title="Vòng tự luận: Sáng kiến cải cách hành chính", opens_at=window[0], closes_at=window[1],
        duration_ms=45 * 60_000, bank_ids=(own.id, *(bank.id for bank in banks)), blueprint=(
            {"bank_id": None, "topic": None, "level": None, "type": "single", "count": 5},
            {"bank_id": own.id, "topic": None, "level": None, "type": "essay", "count": 1}),
        shuffle_questions=False, result_shown="review", rules="Năm câu trắc nghiệm và một bài tự luận, hai giám khảo "
        "chấm độc lập.\n\n*Cuộc thi này là dữ liệu mẫu: tên người, bài làm và điểm đều là giả định.*",
    ), by=by, now=made_at)
    publish_round(round_.id, by=by, now=window[0] - timedelta(days=3))
    return round_


def _arrange(round_: Round, by: str, now: datetime) -> None:
    version_id = db.session.scalars(select(QuestionVersion.id).where(QuestionVersion.stem == STEM)).one()
    rubrics.write_rubric(round_.id, version_id, CRITERIA, "", by=by, now=now)
    arranging.choose(round_.id, Choices(Terms(gap=25), units_apart=False, told=True), by=by, now=now)
    arranging.add_markers(round_.id, MARKERS, by=by, now=now)
    arranging.start(round_.id, by=by, now=now)


def _mark(round_: Round, rng: random.Random, now: datetime) -> None:
    """Marks that are never so far apart that a third marker would be needed."""
    essays = db.session.scalars(select(Essay).where(Essay.round_id == round_.id).order_by(Essay.attempt_id)).all()
    for number, essay in enumerate(essays[:BY_BOTH + BY_ONE]):
        first = {one.id: rng.choice(one.steps[len(one.steps) // 2:]) for one in CRITERIA}
        places = db.session.scalars(select(Assignment).where(Assignment.essay_id == essay.id)
                                    .order_by(Assignment.place)).all()
        for row in places[:2 if number < BY_BOTH else 1]:
            points = first if row.place == 1 else {**first, "y": max(0, first["y"] - rng.choice((0, 50)))}
            operations.finish(row.id, Given(points, "Ý rõ, cần nêu thêm cách đo kết quả.", row.seq),
                              by=row.account_id, now=now)
