"""Every shape that a body or an answer has."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from contest.delivery import api as delivery
from contest.identity.api import SignInBody
from contest.identity.permissions import ROLE_ACTIONS
from contest.openapi.parts import (
    Schema,
    flag,
    instant,
    integer,
    maybe,
    maybe_ref,
    obj,
    one_of,
    opaque,
    points,
    ref,
    rows,
    text,
)
from contest.openapi.problems import PROBLEM
from contest.questions.models import TYPES
from contest.rounds.models import PREDICTIONS
from contest.scoring.ranking import CRITERIA

BODIES: tuple[type[BaseModel], ...] = (
    SignInBody, delivery.StartBody, delivery.SaveBody, delivery.FlagBody, delivery.EventsBody,
    delivery.PredictionBody, delivery.SubmitBody)
FIELDS = {
    ("SignInBody", "login"): "The sign-in name, with `password`; capitals and outer spaces do not matter.",
    ("SignInBody", "password"): "The password.",
    ("SignInBody", "code"): "The code of a printed slip, in place of both; dashes, spaces and case do not matter.",
    ("SignInBody", "name"): "With a `code` that is nobody's yet: the name of whoever has it from now on.",
    ("StartBody", "consent"): "True: the rules of the round are read and accepted. An open attempt goes on without.",
    ("StartBody", "password"): "The contest's password, where it has one; asked once a contest.",
    ("EventsBody", "events"): "At most 50 at once, 300 an attempt; more are left out.",
    ("EventBody", "kind"): "The page was opened, out of sight, without a line, could not save, or text was pasted.",
    ("EventBody", "slot"): "The question that was shown.",
    ("EventBody", "ms"): "How long it lasted, by the page's own count.",
    ("PredictionBody", "prediction"): "As in `submit`; null takes it back.",
    ("SaveBody", "generation"): "The attempt's `generation` as this session knows it.",
    ("SaveBody", "answers"): "At most 200; one slot may come several times, each with a `seq` of its own.",
    ("AnswerBody", "slot"): "The question's place in the paper, from 1.",
    ("AnswerBody", "seq"): "Counts this session's answers to the slot upwards from 1; the highest counts. "
                           "The same `seq` with the same choice may be sent again.",
    ("AnswerBody", "choice"): "The option ids chosen, in any order; part id → what is put into it; or a text. "
                              "Null or an empty one clears the answer. It replaces the slot's answer as a whole.",
    ("FlagBody", "on"): "True marks the question, false takes the mark away.",
    ("SubmitBody", "prediction"): "A whole number of people (25980, `25.980`), or a percentage with at most five "
                                  "decimals (`87,65432`), as the round asks; ignored where it asks for none.",
}
ANSWERED = ("`single` and `true_false` take one option, `multiple` any number; `cluster`, `matching` and `ordering` an "
            "option for each part; `gaps` an option or a text for each part; `short_text` and `number` a text of at "
            "most 500 characters, `essay` one of at most 20,000.")
STATES = ("open", "submitted", "expired", "void")
OUTSIDE = flag("The person is on the contest's list of who may not take part: no board or figure counts them.")
SLOT = integer("The question's place in the paper, from 1.", 1)
SEQ = integer("The `seq` that the answer was sent with.", 1)
SERVER_NOW = instant("The server's clock at this answer.")
REMAINING = integer("Time left, in milliseconds; 0 once the attempt has ended.")
GENERATION = integer("Rises by 1 with each take-over; saves carry it.", 1)
TAKEN = integer("From start to finish, in milliseconds.")
FRESH = {
    "as_of": instant("When these figures were read."),
    "provisional": flag("True until the round has closed and its results are published."),
    "pending": integer("Finished attempts of the round that are not scored yet."),
    "frozen": flag("True: the board stands still, and the figures are those of `as_of`."),
    "amended_at": maybe(instant("When somebody was last taken out of published results; null for never.")),
}


def schemas() -> dict[str, Schema]:
    """Name → schema: the bodies from the models that check them, the answers as written here."""
    return {**_bodies(), "Problem": PROBLEM, **_people_and_rounds(), **_sitting(), **_saving(), **_result(),
            **_standings(), **_places()}


def _bodies() -> dict[str, Schema]:
    _, found = models_json_schema([(model, "validation") for model in BODIES],
                                  ref_template="#/components/schemas/{model}")
    made: dict[str, Any] = found["$defs"]
    for (model, name), description in FIELDS.items():
        made[model]["properties"][name]["description"] = description
    return made


def _people_and_rounds() -> dict[str, Schema]:
    return {
        "Session": obj(
            "Who is signed in, and the token for unsafe requests.",
            csrf_token=text("Goes into `X-CSRF-Token` of unsafe requests; a sign-in gives a new one."),
            account=maybe_ref("Account", "The person signed in; null: nobody."),
            server_now=SERVER_NOW),
        "Account": obj(
            "A person.",
            id=opaque("The account."), login=text("The sign-in name."), name=text("The full name."),
            unit=maybe(text("The name of the person's unit.")),
            roles=rows(one_of(tuple(ROLE_ACTIONS), "A role."), "The roles held, in alphabetical order.")),
        "Rounds": obj("The rounds that this person can see.", rounds=rows(ref("Round"), "In the order they open.")),
        "Round": obj(
            "A round as its participants see it. Open at `opens_at`, closed at `closes_at`.",
            id=opaque("The round."), title=text("The round's title."), contest=text("The contest's title."),
            kind=one_of(("contest", "practice"), "A practice round counts nowhere."),
            state=one_of(("upcoming", "open", "closed", "published"),
                         "`published`: closed, with official results. A round that was called off is `closed`."),
            opens_at=instant("From here on attempts start."), closes_at=instant("Here every attempt ends."),
            duration_s=integer("The time limit of an attempt, in seconds.", 1),
            questions=integer("Questions of an attempt."),
            prediction=one_of(PREDICTIONS, "What the submission predicts; `number`: see `prediction_text`."),
            prediction_text=maybe(text("The question whose number is guessed; null for the other kinds.")),
            consent=flag("True: a new attempt needs the person's consent."),
            attempts_allowed=integer("Attempts allowed.", 1),
            attempts_used=integer("Attempts that count against `attempts_allowed`, perhaps of other rounds too.")),
    }


def _sitting() -> dict[str, Schema]:
    return {
        "Attempt": obj(
            "One sitting. Nothing in it depends on the answer keys.",
            id=opaque("The attempt."), round_id=opaque("Its round."),
            number=integer("The person's first, second, … attempt in the round.", 1),
            generation=GENERATION, owned=flag("True where this session is the one that saves."),
            state=one_of(STATES, "`expired`: ended by its deadline. `void`: annulled, or the round called off."),
            started_at=instant("When it started."),
            deadline=instant("The earlier of the time limit and the round's closing; no longer part of the attempt."),
            finished_at=maybe(instant("Submission or deadline; null while it is open.")),
            receipt=maybe(text("The receipt once it has ended, else null.", examples=["K7QM-3F8T-W2"])),
            remaining_ms=REMAINING, server_now=SERVER_NOW,
            items=rows(ref("AttemptItem"), "The questions in the order shown.")),
        "AttemptItem": obj(
            "A question with the saved answer that counts.",
            slot=SLOT, type=one_of(TYPES, ANSWERED),
            stem=text("The question; in `gaps` with a marker `[[1]]`, `[[2]]`, … for each part."),
            markup=flag("True: its texts are Markdown; else plain."),
            penalty=maybe_ref("Penalty", "What a wrong answer costs by the question's own rule; null: nothing, or the "
                                         "round's rule for the type holds."),
            options=rows(ref("Option"), "In the order shown; of an `ordering` the places `1`, `2`, …"),
            parts=rows(ref("Part"), "In the order shown; empty where the answer is options or a text."),
            choice={"type": ["array", "object", "string", "null"], "items": {"type": "string"},
                    "additionalProperties": {"type": "string"},
                    "description": "The answer saved: option ids, sorted; part id → value; or a text. "
                                   "Null: none or cleared."},
            seq=integer("The `seq` of that answer; 0 where nothing is saved.")),
        "Penalty": obj(
            "What a wrong answer may take below 0. It says nothing of the key.",
            of=one_of(("whole", "part", "options"), "Per cent of the question's points; of what a right part gives, "
                                                    "for each wrong part; or what options are worth below 0."),
            percent=maybe(integer("The per cent; null for `options`.", 1))),
        "Part": obj(
            "What one piece of an answer is put into.",
            id=text("A random token that means nothing beyond this question."),
            text=text("The statement, the prompt or the item; empty for a gap."),
            kind=one_of(("option", "choice", "text", "number"),
                        "It takes one of the question's options, one of its own, a text, or a number in any spelling."),
            options=rows(ref("Option"), "Its own options; empty unless `kind` is `choice`.")),
        "Option": obj("An option.", id=text("A random token that means nothing beyond this question."),
                      text=text("What it says.")),
        "Clock": obj("The state of an attempt, without its questions.",
                     state=one_of(STATES, "As in `Attempt`."), generation=GENERATION,
                     owned=flag("True where this session is the one that saves."),
                     remaining_ms=REMAINING, server_now=SERVER_NOW),
    }


def _saving() -> dict[str, Schema]:
    return {
        "Saved": obj(
            "What became of each answer; sent once they are on the disk.",
            saved=rows(ref("AnswerId"), "Saved, and the ones that count now."),
            stale=rows(ref("AnswerId"), "Kept, but a newer one counts."),
            refused=rows(ref("RefusedAnswer"), "Not saved."),
            remaining_ms=REMAINING, server_now=SERVER_NOW),
        "AnswerId": obj("Which answer of a batch is meant.", slot=SLOT, seq=SEQ),
        "RefusedAnswer": obj(
            "An answer that was turned down.", slot=SLOT, seq=SEQ,
            code=one_of(("conflict", "unknown_slot", "unknown_option", "too_many_options", "wrong_shape",
                         "answer_too_long"),
                        "`conflict`: this `seq` is taken by another choice.")),
        "TakenOver": obj("This session saves from now on.", generation=GENERATION),
        "Submitted": obj(
            "What a contestant keeps of a submission; the same each time.",
            receipt=text("The receipt.", examples=["K7QM-3F8T-W2"]),
            submitted_at=instant("When the submission arrived."),
            answered=integer("Questions with an answer that counts."), items=integer("Questions of the paper.")),
    }


def _result() -> dict[str, Schema]:
    return {
        "Result": obj(
            "What one's own attempt came to.",
            points=points("Points reached"), max_points=points("Points to be had"),
            correct=integer("Questions answered rightly."), answered=integer("Questions answered."),
            items=integer("Questions of the paper."), taken_ms=TAKEN,
            unmarked=integer("Questions answered that a person has still to mark; not in `points` yet."),
            number=integer("The person's first, second, … attempt in the round.", 1),
            state=one_of(("submitted", "expired"), "How it ended."), finished_at=instant("When it ended."),
            receipt=text("The receipt."), provisional=FRESH["provisional"],
            rank=maybe(integer("The rank among the person's audience; null where no board is shown, the attempt is "
                               "not scored yet, or a better one counts.", 1)),
            of=maybe(integer("How many people are ranked; null with `rank`.", 1)), outside=OUTSIDE,
            passed=maybe(flag("Whether the points reach the round's pass mark; null where it has none.")),
            place=maybe_ref("Place", "Why that rank; null with `rank`."),
            lacking=maybe_ref("Lacking", "Why the paper is not valid, where the round's rules take complete ones only; "
                              "null where it is."),
            review=maybe(rows(ref("ReviewItem"), "The right answers; null until the round's rules show them."))),
        "Lacking": obj("What a paper lacks that had to be complete.",
                       questions=integer("Questions without an answer."),
                       guess=flag("The guess that the round asks for.")),
        "ReviewItem": obj(
            "A question with the answer given and the right one.",
            slot=SLOT, stem=text("The question."), markup=flag("True: its texts are Markdown; else plain."),
            outcome=one_of(("right", "partial", "wrong", "blank", "pending", "out"),
                           "What the answer was; `pending`: a person has still to mark it; `out`: as `kind`."),
            kind=one_of(("key", "full", "out"), "By what it counts: its key, its full points for everybody, or not "
                        "at all; for the latter two no answer is called right."),
            corrected=flag("The round was graded anew with another key, or by another `kind`, than at first."),
            points={"type": "integer", "description":
                    "Points of the answer, in hundredths; below 0 where a rule takes some off."},
            max_points=points("Points of the question"),
            explanation=maybe(text("Why.")), citation=maybe(text("Where it is written.")),
            options=rows(ref("ReviewOption"), "In the order they were shown; empty where the answer is not options."),
            lines=rows(ref("ReviewLine"), "Any other answer, part by part; empty where it is options.")),
        "ReviewLine": obj(
            "One part of an answer beside the right one.",
            label=text("The statement, the prompt, the item or the number of the gap; empty for a text."),
            given=maybe(text("What was answered; null: left blank.")),
            expected=rows(text("An answer worth most; … stands for any text."), "Empty for an essay."),
            right=maybe(flag("It is right; null: a person marks it, or nothing is."))),
        "ReviewOption": obj("An option as it was shown.", letter=text("`A`, `B`, …"), text=text("What it says."),
                            chosen=flag("It was chosen."), right=flag("It is right.")),
    }


def _standings() -> dict[str, Schema]:
    return {
        "Leaderboard": obj(
            "A page of the board.", rows=rows(ref("BoardRow"), "Best first."),
            total=integer("Lines of the whole board, or of the part that is asked for."),
            after=maybe(text("Asks for the next page; null on the last one.")), **FRESH),
        "BoardRow": obj(
            "A person's best attempt.", rank=integer("Equal results share a rank: 1, 2, 2, 4.", 1),
            rank_within=maybe(integer("The rank in the part that is asked for; null on the whole board.", 1)),
            name=text("The name, masked where the organiser says so."), unit=maybe(text("The name of the unit.")),
            points=points("Points reached"), taken_ms=TAKEN),
        "Units": obj("The participation of every unit, officials only.",
                     units=rows(ref("UnitLine"), "In Vietnamese alphabetical order."), **FRESH),
        "UnitLine": obj(
            "A participating unit.", id=opaque("The `unit` that a board is asked for."), unit=text("Its name."),
            bloc=maybe(text("The bloc that it is counted in.")),
            headcount=maybe(integer("Officials of the unit; null: not known.")),
            people=integer("People with a finished attempt that has an answer."),
            attempts=integer("Finished attempts with an answer."),
            blank=integer("Finished attempts without one; they count nowhere."),
            invalid=integer("Of `people`: those without a valid paper, where the round takes complete ones only."),
            rate=maybe({"type": "number", "minimum": 0, "description":
                        "`people` per head, to 6 decimals: 1 is everybody, and more than 1 is possible; null without a "
                        "headcount."}),
            average=maybe(points("Average of the people's best; null without people"))),
        "Me": obj(
            "One's own standing in the round.",
            attempts_used=integer("As in `Round`."),
            attempts_allowed=integer("Attempts allowed.", 1),
            rank=maybe(integer("The rank of the best attempt; null where no board is shown or none is scored.", 1)),
            of=maybe(integer("How many people are ranked; null with `rank`.", 1)),
            place=maybe_ref("Place", "Why that rank; null with `rank`."),
            outside=flag("As in `Result`; false for who has not sat the round."),
            attempts=rows(ref("OwnAttempt"), "Newest first, at most 200."), **FRESH),
        "OwnAttempt": obj(
            "One of one's own attempts. The figures are null until they are there and may be shown.",
            id=opaque("The attempt."), number=integer("First, second, … in the round.", 1),
            state=one_of(STATES, "As stored: an overdue attempt is `open` until the server closes it."),
            started_at=instant("When it started."), finished_at=maybe(instant("When it ended; null while it is open.")),
            points=maybe(points("Points reached")), max_points=maybe(points("Points to be had")),
            taken_ms=maybe(TAKEN), valid=maybe(flag("False where the paper lacks what `Result.lacking` would say."))),
    }


def _places() -> dict[str, Schema]:
    figure = {"type": ["integer", "string", "null"], "description":
              "Hundredths of a point, whole answers, people or hundred-thousandths of a per cent, milliseconds (of a "
              "time, or since 1970); a lot in hexadecimal digits; null: none."}
    return {
        "Overall": obj(
            "A page of a contest's board.", rows=rows(ref("BoardRow"), "Best first; points and times of all rounds."),
            total=integer("Lines of the whole board, or of the part that is asked for."),
            after=maybe(text("Asks for the next page; null on the last.")),
            rounds=rows(opaque("A round."), "Those with official results, which count, in their order."),
            rank=maybe(integer("The person's own rank among their audience; null: not ranked.", 1)),
            of=maybe(integer("How many people are ranked; null with `rank`.", 1)),
            place=maybe_ref("Place", "Why that rank; null with `rank`."), as_of=instant("When it was read.")),
        "Place": obj(
            "Why a person stands where they stand: by rank and the figure that decided, never by name.",
            shared=integer("How many others have the same rank."),
            behind=maybe_ref("Neighbour", "The next one ahead; null at the top."),
            ahead=maybe_ref("Neighbour", "The next one after; null at the end."),
            lot=maybe(text("What the person's lot is drawn with, after the published text and a slash; null where no "
                           "lots are drawn."))),
        "Neighbour": obj(
            "Who stands next, and the first criterion in which both differ.",
            rank=integer("Its rank.", 1), criterion=one_of(tuple(CRITERIA), "The criterion."),
            mine={**figure, "description": "The person's own figure. " + str(figure["description"])},
            other={**figure, "description": "The other's figure."}),
    }
