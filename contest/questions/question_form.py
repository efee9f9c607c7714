"""The fields that questions of every type have; `typed_forms` adds what each type holds besides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, ValidationError

from contest.errors import Refusal
from contest.identity.access import words
from contest.questions.content import LIMITS, MAX_CODE_CHARS, Choice, Content, Part, faults
from contest.questions.desk import LEVEL_WORDS, clean
from contest.questions.formats.drafts import MAX_CELL_CHARS, Gap, Params, QuestionType
from contest.questions.formats.markup import escape
from contest.questions.formats.notation import credit_of
from contest.questions.formats.text import repair
from contest.questions.formats.words import points_of
from contest.questions.forms import Listed
from contest.questions.illustrations import ALT_PLACES, Picture, described, pictures_of
from contest.questions.rule_form import RuleChosen
from contest.scoring.rules import PARAMETERS

MAX_TAGS_CHARS = 300


def mended(text: Any) -> str:
    """Typed text as it is kept: NFC, ordinary spaces and line breaks, none at the ends."""
    return repair(str(text or ""))[0]


def limited(label: Any, **more: Any) -> TextAreaField:
    """A box for a text of a question."""
    return TextAreaField(label, [Length(max=MAX_CELL_CHARS, message=_("Dài quá 8.000 ký tự. Rút ngắn lại."))],
                         filters=[mended], **more)


@dataclass(frozen=True)
class Shape:
    """What a type holds besides its stem, as it was typed: rows that lack something are left out."""

    choices: tuple[Choice, ...] = ()
    parts: tuple[Part, ...] = ()
    gaps: tuple[Gap, ...] = ()


SAME = _("Trùng với một dòng ở trên. Sửa một dòng.")


class QuestionForm(RuleChosen, FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A question. `kind` is its type; `was` what it said before, where it is edited."""

    kind: ClassVar[QuestionType]
    places: ClassVar[int] = 0  # rows that there may be
    at_first: ClassVar[int] = 4  # rows that are shown
    marked_rows: ClassVar[bool] = True  # the texts of rows are Markdown where the stem is
    was: Content | None = None

    version = HiddenField()
    shown = HiddenField()
    code = StringField(_("Mã câu hỏi"), [Length(max=MAX_CODE_CHARS, message=_("Mã dài quá 60 ký tự."))],
                       filters=[mended], description=_("Không bắt buộc. Ví dụ: CCHC-012"))
    stem = TextAreaField(_("Nội dung câu hỏi"), [
        InputRequired(_("Ghi nội dung câu hỏi.")),
        Length(max=MAX_CELL_CHARS, message=_("Nội dung dài quá 8.000 ký tự."))], filters=[mended])
    markup = RadioField(_("Kiểu chữ"), [Listed()], validate_choice=False, default="", choices=[
        SelectChoice("", _("Chữ thường")),
        SelectChoice("1", _("Có định dạng (Markdown): chữ đậm, bảng, công thức, hình"))])
    picture = FileField(_("Chèn hình vào nội dung"), description=_("PNG, JPEG, GIF hoặc WebP. Hình nằm ở cuối nội dung,"
                                                                   " có thể chuyển dòng của hình đi chỗ khác."))
    picture_alt = StringField(_("Mô tả hình"), [Length(max=900, message=_("Mô tả dài quá 900 ký tự."))],
                              filters=[mended], description=_("Đọc cho người không nhìn thấy hình."
                                                              " Ví dụ: Sơ đồ một cửa, bốn bước."))
    rule = RadioField(_("Cách chấm"), [Listed()], validate_choice=False, default="")
    penalty = StringField(_("Trừ khi sai (phần trăm)"), filters=[mended, lambda text: text.removesuffix("%").strip()])
    topic = StringField(_("Lĩnh vực"), [Length(max=LIMITS["topic"], message=_("Lĩnh vực dài quá 120 ký tự."))],
                        filters=[mended])
    level = SelectField(_("Mức độ"), [Listed()], validate_choice=False)
    points = StringField(_("Điểm"), filters=[mended], default="1", description=_("Ví dụ: 1 hoặc 0,5"))
    explanation = TextAreaField(_("Giải thích"), [
        Length(max=MAX_CELL_CHARS, message=_("Giải thích dài quá 8.000 ký tự."))], filters=[mended])
    citation = TextAreaField(_("Căn cứ"), [
        Length(max=MAX_CELL_CHARS, message=_("Căn cứ dài quá 8.000 ký tự."))], filters=[mended])
    tags = StringField(_("Nhãn"), [Length(max=MAX_TAGS_CHARS, message=_("Nhãn dài quá 300 ký tự."))],
                       filters=[mended], description=_("Cách nhau bằng dấu phẩy."))

    def offer(self, was: Content | None) -> None:
        """Set what can be chosen: the levels and rules, with those that the question has of its own."""
        self.was = was
        levels = [SelectChoice("", gettext("Chưa ghi mức độ")),
                  *(SelectChoice(code, str(word)) for code, word in LEVEL_WORDS.items())]
        if was and was.level and was.level not in LEVEL_WORDS:
            levels.append(SelectChoice(was.level, was.level))
        self.level.choices = levels
        self.offer_rules(was)

    def begin(self) -> None:
        """What a new question of the type starts with."""

    def validate_points(self, field: Any) -> None:
        if not points_of(field.data or ""):
            raise ValidationError(_("Ghi một số lớn hơn 0, ví dụ 1 hoặc 0,5."))

    @property
    def type_now(self) -> QuestionType:
        """The type that is being written."""
        return self.kind

    def fill(self, content: Content, version: int) -> None:
        """Show a question's content."""
        self.version.data = str(version)
        for name in ("stem", "topic", "level", "explanation", "citation"):
            self[name].data = getattr(content, name) or ""
        whole, rest = divmod(content.points, 100)
        self.points.data = f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)
        self.markup.data = "1" if content.markup else ""
        self.show_rule(content)
        self.tags.data = ", ".join(content.tags)
        self.show(content)

    def seen(self) -> int:
        """The version that was edited; 0 where the form names none."""
        number = clean(self.version.data)
        return int(number[:9]) if number.isascii() and number.isdigit() else 0

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """True where it can be saved; else every fault stands at its field."""
        super().validate(extra_validators)
        self.check()
        for code, params in faults(self.content()):
            field, sentence = self.blamed(code, params)
            if not field.errors:
                self.fault_at(field, sentence or words(Refusal(code)))
        for number, picture in enumerate(self.pictures()):
            if not picture.alt:
                self.fault_at(self[f"alt_{number}"], gettext("Ghi mô tả cho hình %(number)s.", number=number + 1))
        return not self.errors

    def fault_at(self, field: Any, sentence: Any) -> None:
        """Put a sentence at a field."""
        field.errors = [*field.errors, str(sentence)]

    def content(self) -> Content:
        """What was typed, as far as it is whole."""
        shape = self.shape()
        return Content(
            self.type_now, self.stem_kept(), shape.choices, self.topic.data or None, self.level.data or None,
            points_of(self.points.data or "") or 0, self.explanation.data or None, self.citation.data or None,
            shape.parts, shape.gaps, tuple(sorted(self.settings().items())), self.tags_kept(), self.markup.data == "1")

    def stem_kept(self) -> str:
        return self.stem.data or ""

    def tags_kept(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in (self.tags.data or "").split(",")))))

    def settings(self) -> dict[str, str]:
        """How it is marked, and what it had that this form doesn't know."""
        kept = {name: text for name, text in (self.was.settings if self.was else ()) if name not in self.own_settings}
        return {**kept, **self.rule_kept()}

    own_settings: ClassVar[frozenset[str]] = PARAMETERS | {"rule"}

    # What the types add.

    def show(self, content: Content) -> None:
        """Show what the type holds."""

    def shape(self) -> Shape:
        """What the type holds, as it was typed."""
        return Shape()

    def check(self) -> None:
        """Put at their fields the faults that only what was typed shows."""

    def blamed(self, code: str, _params: Params) -> tuple[Any, Any]:
        """The field of a fault, and its sentence where the usual one doesn't fit the type."""
        return {"question_points": self.points, "question_rule": self.rule}.get(code, self.stem), None

    # Rows that come and go.

    def rows_shown(self) -> int:
        """How many rows the page shows: those filled and those asked for."""
        asked = clean(self.shown.data)
        number = int(asked[:3]) if asked.isascii() and asked.isdigit() else self.at_first
        return min(self.places, max(number, self.filled()))

    def filled(self) -> int:
        """Up to which row something is typed."""
        return max((n + 1 for n in range(self.places) if self[f"text_{n}"].data), default=0)

    def more_rows(self) -> None:
        """Show some more rows."""
        self.shown.data = str(min(self.places, self.rows_shown() + 2))

    def swap(self, one: int, other: int) -> None:
        """Change the places of two rows."""
        if min(one, other) >= 0 and max(one, other) < self.places:
            first, second = self[f"text_{one}"], self[f"text_{other}"]
            first.data, second.data = second.data, first.data

    # Pictures.

    def text_fields(self) -> Iterable[Any]:
        """Every field whose text may show a picture."""
        rows = ("text_", "to_", "extra_") if self.marked_rows else ()
        return [field for field in self if field.name in ("stem", "explanation") or field.name.startswith(rows)]

    def pictures(self) -> list[Picture]:
        """The pictures that its texts show."""
        return pictures_of([field.data or "" for field in self.text_fields()]) if self.markup.data == "1" else []

    def take_descriptions(self) -> None:
        """Write the descriptions of pictures into the texts that show them."""
        alts = {self[f"image_{n}"].data: self[f"alt_{n}"].data for n in range(ALT_PLACES) if self[f"image_{n}"].data}
        for field in self.text_fields() if alts else ():
            field.data = described(field.data or "", alts)

    def show_descriptions(self) -> None:
        """Show the pictures' descriptions as the texts have them."""
        for number, picture in enumerate(self.pictures()):
            self[f"image_{number}"].data, self[f"alt_{number}"].data = picture.name, picture.alt

    def insert_picture(self, marked: str) -> None:
        """Put a picture below the stem; plain texts become markup that shows the same."""
        if self.markup.data != "1":
            for field in self.text_fields():
                field.data = escape(field.data or "")
            self.markup.data = "1"
        self.stem.data = f"{self.stem.data or ''}\n\n{marked}".strip()


def rows_of(form: Any, count: int, **fields: Any) -> None:
    """Give a form `count` rows of these fields, each made from the row's number: text_0, text_1, …"""
    for number in range(count):
        for name, field in fields.items():
            setattr(form, f"{name}_{number}", field(number))


def percent_field(label: Any) -> StringField:
    """A box for a credit in percent."""
    return StringField(label, filters=[mended])


def credit_in(field: Any, usual: int) -> int:
    """The credit typed in a box, `usual` for an empty or unreadable one."""
    found = credit_of(field.data) if field.data else None
    return usual if found is None else found


rows_of(QuestionForm, ALT_PLACES, image=lambda n: HiddenField(), alt=lambda n: StringField(
    _("Ghi mô tả cho hình %(number)s", number=n + 1), [Length(max=900, message=_("Mô tả dài quá 900 ký tự."))],
    filters=[mended]))
