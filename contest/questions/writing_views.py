"""Writing a question: its type, its form, what it will look like, its pictures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.questions import pictures, queries, writing
from contest.questions.desk import TYPE_WORDS, blueprint
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_picture
from contest.questions.formats.images import PictureRefused
from contest.questions.formats.markup import picture_markup
from contest.questions.models import TOPICS
from contest.questions.problems import message
from contest.questions.question_form import QuestionForm
from contest.questions.typed_forms import FORMS, form_of

NEW = "/to-chuc/ngan-hang/<id:bank_id>/cau-hoi/moi"
SAVING = frozenset({"", "save", "again"})


@dataclass(frozen=True)
class Asked:
    """What a button of the form asked for."""

    save: bool  # and nothing is wrong
    again: bool = False
    preview: bool = False
    status: int = 200


@blueprint.route(NEW, methods=["GET", "POST"])
@policy("bank.edit")
def new_question(bank_id: str) -> ResponseReturnValue:
    """A new question: first its type, then the type's form, which `linh-vuc`, `muc-do` and `can-cu` fill in."""
    now = clock.now()
    bank = queries.bank_of(bank_id)
    if bank.sealed_at is not None:
        raise Refusal("bank_sealed", 409)
    kind = request.args.get("loai", "")
    if kind not in FORMS:
        return render_template("questions/new_question.html", bank=bank, types=TYPE_WORDS, presets=_presets())
    form, asked = form_of(kind), Asked(False)
    if request.method == "GET":
        _begin(form)
    else:
        asked = answered(form, now)
        if asked.save:
            try:
                question = writing.add_question(bank_id, form.content(), code=form.code.data or None, by=person().id,
                                                now=now)
            except Refusal as refusal:
                db.session.rollback()
                blame(form, refusal)
                asked = Asked(False, status=refusal.status)
            else:
                db.session.commit()
                flash(_("Đã thêm câu %(code)s vào ngân hàng.", code=question.code or question.position), "success")
                return redirect(after(bank_id, question.id, form, asked), 303)
    return render_template("questions/new_question.html", bank=queries.bank_of(bank_id), form=form,
                           preview=asked.preview, topics=TOPICS), asked.status


@blueprint.post("/to-chuc/ngan-hang/<id:bank_id>/cau-hoi/xem-truoc")
@policy("bank.edit")
def question_preview(bank_id: str) -> ResponseReturnValue:
    """What a form says, as the card that contestants and organisers see: a piece of a page, sanitised."""
    queries.bank_of(bank_id)
    kind = request.args.get("loai", "")
    if kind not in FORMS:
        raise Missing
    form = form_of(kind)
    form.take_descriptions()
    return render_template("questions/preview_card.html", content=form.content())


def answered(form: QuestionForm, now: datetime) -> Asked:
    """Do what the pressed button asks for, short of saving: another row, a picture, a look.

    A picture that was chosen is taken over whatever the button: no page can choose it again.
    """
    asked = request.form.get("do", "")
    form.take_descriptions()
    wrong = _take_picture(form, now)
    verb, _dot, number = asked.partition(".")
    row = int(number) if number.isascii() and number.isdigit() else -1
    if verb == "rows":
        form.more_rows()
    elif verb in ("up", "down"):
        form.swap(row, row - 1 if verb == "up" else row + 1)
    form.show_descriptions()
    whole = asked in SAVING and form.validate() and not wrong
    if wrong:
        form.fault_at(form.picture, wrong)
    return Asked(whole, asked == "again", asked == "preview", 422 if form.errors else 200)


def blame(form: QuestionForm, refusal: Refusal) -> None:
    """Put a refusal where it can be mended."""
    if refusal.code.startswith("question_code"):
        form.fault_at(form.code, words(refusal))
    else:
        form.form_errors.append(words(refusal))


def after(bank_id: str, question_id: str, form: QuestionForm, asked: Asked) -> str:
    """The question just written, or the form of the next one with the same topic, level and citation."""
    if not asked.again:
        return url_for("questions.question", bank_id=bank_id, question_id=question_id)
    kept: dict[str, Any] = {"linh-vuc": form.topic.data, "muc-do": form.level.data, "can-cu": form.citation.data}
    return url_for("questions.new_question", bank_id=bank_id, loai=form.type_now,
                   **{name: text for name, text in kept.items() if text})


def _take_picture(form: QuestionForm, now: datetime) -> str:
    """Keep the picture that was sent and show it in the stem; what is wrong with it, or ""."""
    sent = form.picture.data
    if not sent:
        return str(_("Chọn tệp hình trước.")) if request.form.get("do") == "picture" else ""
    data = sent.read()
    db.session.rollback()  # reading takes its time: others must not wait for the turn to write
    try:
        picture = read_picture(data, sent.filename or "")
    except PictureRefused as refused:
        return words(Refusal(refused.code))
    except UnreadableFile as refused:
        return message(refused)
    pictures.store([picture], now)
    db.session.commit()
    form.insert_picture(picture_markup(picture, form.picture_alt.data or ""))
    form.picture_alt.data = ""
    return ""


def _begin(form: QuestionForm) -> None:
    form.begin()
    for name, text in _presets().items():
        field = {"linh-vuc": form.topic, "muc-do": form.level, "can-cu": form.citation}[name]
        field.data = text
    if form.level.data not in {value for value, *_rest in form.level.iter_choices()}:
        form.level.data = ""


def _presets() -> dict[str, str]:
    """What the query string fills in."""
    return {name: text for name in ("linh-vuc", "muc-do", "can-cu") if (text := request.args.get(name, "").strip())}
