"""The form of every type of question."""

from collections.abc import Mapping

from contest.questions.answer_forms import EssayForm, GapsForm, NumberForm, ShortTextForm
from contest.questions.content import Content
from contest.questions.option_forms import MultipleForm, OrderingForm, SingleForm, TrueFalseForm
from contest.questions.part_forms import ClusterForm, MatchingForm
from contest.questions.question_form import QuestionForm

FORMS: Mapping[str, type[QuestionForm]] = {
    form.kind: form for form in (SingleForm, MultipleForm, TrueFalseForm, ClusterForm, ShortTextForm, NumberForm,
                                 MatchingForm, OrderingForm, GapsForm, EssayForm)}


def form_of(kind: str, was: Content | None = None) -> QuestionForm:
    """The form of a type, with what was sent; `was` is what the question says before."""
    form = FORMS[kind]()
    form.offer(was)
    return form
