"""The house's law, read from the code's own imports: see docs/structure.md."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTEST = ROOT / "contest"

ROOMS = ["scoring", "audit", "jobs", "identity", "questions", "rounds", "delivery", "marking", "standings", "awards",
         "reports"]
GROUND = {"bulk", "clock", "columns", "config", "database", "errors", "extensions", "memo", "prepared", "sandbox",
          "spreadsheets", "tally", "turns", "zips"}
# Each may import those before it.
TOP = ["health", "menu", "serving", "demo", "openapi", "app", "cli_banks", "cli_roster", "cli_verify", "cli"]
FLOORS = ["pure", "models", "queries", "operations", "edge"]

PURE = {
    "scoring": {"analysis", "papers", "chance", "exposure", "reliability", "similarity",
                "formulas", "collective", "prizes", "awards", "essays",
                "marks", "judging", "rules", "folding", "numbers", "rounding", "ranking", "units", "bands",
                "buckets", "counting", "policy", "predictions"},
    "identity": {"addresses", "coding", "devices", "kinds", "names", "permissions", "rosters", "finder"},
    "questions": {"alike", "content", "differences", "flows", "formats", "illustrations", "key_told", "matching",
                  "outlines", "paper", "shown", "similarity", "storing", "told", "validity"},
    "rounds": {"admission", "eligibility", "blueprint", "headcounts", "problems", "sharing", "window"},
    "delivery": {"answers", "prediction", "proof", "queueing", "statements", "timing"},
    "marking": {"events", "sharing"},
    "standings": {"correcting", "events", "gates", "hints", "review"},
    "awards": {"certificate_codes", "changes"},
    "reports": {"equivalence", "ornaments", "printed_blocks", "printed_layout", "printed_maths"},
}
# Files named by a noun of their room, on the floor they stand on.
NAMED = {
    ("audit", "chain"): "operations",
    ("identity", "access"): "edge",
    ("identity", "events"): "pure",
    ("identity", "sheets"): "pure",
    ("identity", "reader"): "pure",
    ("identity", "child"): "pure",
    ("identity", "gate"): "pure",
    ("identity", "units"): "operations",
    ("identity", "correcting"): "operations",
    ("identity", "people"): "operations",
    ("identity", "imports"): "operations",
    ("identity", "uploads"): "pure",
    ("identity", "workbooks"): "pure",
    ("identity", "desk"): "edge",
    ("identity", "unit_views"): "edge",
    ("identity", "people_views"): "edge",
    ("identity", "import_views"): "edge",
    ("questions", "problems"): "edge",
    ("questions", "problem_words"): "edge",
    ("questions", "cards"): "queries",
    ("questions", "cited"): "queries",
    ("questions", "coverage"): "queries",
    ("questions", "coverage_views"): "edge",
    ("questions", "document_forms"): "edge",
    ("questions", "document_models"): "models",
    ("questions", "document_operations"): "operations",
    ("questions", "document_queries"): "queries",
    ("questions", "document_views"): "edge",
    ("questions", "drafting"): "operations",
    ("questions", "linking"): "operations",
    ("questions", "linking_views"): "edge",
    ("questions", "outline_views"): "edge",
    ("questions", "relinking"): "operations",
    ("questions", "source_desk"): "edge",
    ("questions", "history"): "queries",
    ("questions", "history_views"): "edge",
    ("questions", "review_views"): "edge",
    ("questions", "exclusion_views"): "edge",
    ("questions", "exclusions"): "operations",
    ("questions", "reviewing"): "operations",
    ("questions", "seal_views"): "edge",
    ("questions", "seals"): "operations",
    ("questions", "twin_views"): "edge",
    ("questions", "twins"): "queries",
    ("questions", "usage"): "operations",
    ("questions", "writing"): "operations",
    ("questions", "writing_views"): "edge",
    ("questions", "export_views"): "edge",
    ("questions", "question_form"): "edge",
    ("questions", "rule_form"): "edge",
    ("questions", "option_forms"): "edge",
    ("questions", "part_forms"): "edge",
    ("questions", "answer_forms"): "edge",
    ("questions", "answer_words"): "edge",
    ("questions", "typed_forms"): "edge",
    ("questions", "verdicts"): "operations",
    ("questions", "staged"): "queries",
    ("questions", "previews"): "operations",
    ("questions", "imports"): "operations",
    ("questions", "import_edits"): "queries",
    ("questions", "uploads"): "operations",
    ("questions", "staging"): "operations",
    ("questions", "decisions"): "operations",
    ("questions", "undoing"): "operations",
    ("questions", "remembered"): "operations",
    ("questions", "readings"): "operations",
    ("questions", "import_jobs"): "edge",
    ("questions", "import_forms"): "edge",
    ("questions", "import_progress"): "queries",
    ("questions", "review_rows"): "edge",
    ("questions", "mapping_views"): "edge",
    ("questions", "preview_views"): "edge",
    ("questions", "result_views"): "edge",
    ("questions", "desk"): "edge",
    ("questions", "rejects"): "edge",
    ("questions", "import_views"): "edge",
    ("questions", "media"): "models",
    ("questions", "pictures"): "operations",
    ("questions", "media_views"): "edge",
    ("questions", "question_views"): "edge",
    ("rounds", "events"): "pure",
    ("rounds", "entries"): "operations",
    ("rounds", "cards"): "queries",
    ("rounds", "cited"): "queries",
    ("rounds", "pools"): "queries",
    ("rounds", "preview"): "queries",
    ("rounds", "copying"): "operations",
    ("rounds", "participation"): "operations",
    ("rounds", "publishing"): "operations",
    ("rounds", "sharing_views"): "edge",
    ("rounds", "shell_views"): "edge",
    ("rounds", "rule_forms"): "edge",
    ("rounds", "scoring_forms"): "edge",
    ("rounds", "adding_up"): "operations",
    ("rounds", "overall_forms"): "edge",
    ("rounds", "overall_views"): "edge",
    ("rounds", "scoring_words"): "edge",
    ("rounds", "rule_words"): "edge",
    ("rounds", "amend_views"): "edge",
    ("rounds", "amending"): "operations",
    ("rounds", "amended"): "queries",
    ("rounds", "amended_words"): "edge",
    ("rounds", "barred"): "queries",
    ("rounds", "barred_views"): "edge",
    ("rounds", "barring"): "operations",
    ("rounds", "code_figures"): "queries",
    ("rounds", "code_views"): "edge",
    ("rounds", "codes"): "operations",
    ("rounds", "entering"): "operations",
    ("rounds", "entering_views"): "edge",
    ("rounds", "registering"): "operations",
    ("rounds", "registering_views"): "edge",
    ("rounds", "series_views"): "edge",
    ("rounds", "words"): "edge",
    ("rounds", "pages"): "edge",
    ("rounds", "contest_views"): "edge",
    ("rounds", "editor_views"): "edge",
    ("rounds", "release_views"): "edge",
    ("delivery", "acts"): "queries",
    ("delivery", "door"): "edge",
    ("delivery", "save"): "operations",
    ("delivery", "drawing"): "operations",
    ("delivery", "facts"): "queries",
    ("delivery", "events"): "operations",
    ("delivery", "closing"): "operations",
    ("delivery", "closing_views"): "edge",
    ("delivery", "pages"): "edge",
    ("delivery", "waiting"): "edge",
    ("delivery", "granting"): "operations",
    ("delivery", "overruling"): "operations",
    ("delivery", "record_models"): "models",
    ("delivery", "exposure"): "queries",
    ("delivery", "history"): "queries",
    ("delivery", "recomputing"): "operations",
    ("jobs", "running"): "edge",
    ("questions", "keys"): "models",
    ("questions", "import_models"): "models",
    ("marking", "arranging"): "operations",
    ("marking", "assigning"): "operations",
    ("marking", "progress"): "queries",
    ("marking", "records"): "queries",
    ("marking", "rubrics"): "operations",
    ("marking", "marker_views"): "edge",
    ("reports", "marking_sheet"): "edge",
    ("reports", "marking_views"): "edge",
    ("standings", "board"): "queries",
    ("standings", "board_models"): "models",
    ("standings", "parts"): "queries",
    ("standings", "proposal_models"): "models",
    ("standings", "proposals"): "queries",
    ("standings", "run_models"): "models",
    ("standings", "run_sittings"): "queries",
    ("standings", "counters"): "operations",
    ("standings", "digests"): "operations",
    ("standings", "sitting_digests"): "operations",
    ("standings", "recount"): "operations",
    ("standings", "lines"): "operations",
    ("standings", "explained"): "queries",
    ("standings", "freezing"): "operations",
    ("standings", "overall"): "operations",
    ("standings", "overall_views"): "edge",
    ("standings", "overall_models"): "models",
    ("standings", "overall_building"): "operations",
    ("standings", "overall_runs"): "operations",
    ("standings", "overall_recorded"): "queries",
    ("standings", "overall_run_views"): "edge",
    ("standings", "explained_words"): "edge",
    ("standings", "keeping"): "operations",
    ("standings", "keys"): "queries",
    ("standings", "ranks"): "queries",
    ("standings", "regrading"): "operations",
    ("standings", "reinstating"): "operations",
    ("standings", "appeals"): "operations",
    ("standings", "appeal_models"): "models",
    ("standings", "appealed"): "queries",
    ("standings", "appeal_forms"): "edge",
    ("standings", "appeal_views"): "edge",
    ("standings", "appeal_desk_views"): "edge",
    ("standings", "sealed"): "edge",
    ("standings", "publications"): "operations",
    ("standings", "publication_views"): "edge",
    ("standings", "published_files"): "edge",
    ("awards", "candidates"): "operations",
    ("awards", "certificate_models"): "models",
    ("awards", "certified"): "queries",
    ("awards", "deciding"): "operations",
    ("awards", "designing"): "operations",
    ("awards", "verifying_views"): "edge",
    ("awards", "acts"): "operations",
    ("awards", "drafts"): "operations",
    ("awards", "impact_views"): "edge",
    ("awards", "under_run"): "operations",
    ("awards", "firsts"): "queries",
    ("awards", "frozen"): "queries",
    ("awards", "formula_forms"): "edge",
    ("awards", "list_views"): "edge",
    ("awards", "naming"): "operations",
    ("awards", "naming_views"): "edge",
    ("awards", "nominees"): "operations",
    ("awards", "planned"): "operations",
    ("awards", "entered"): "queries",
    ("awards", "official"): "queries",
    ("awards", "pages"): "edge",
    ("awards", "part_forms"): "edge",
    ("awards", "part_models"): "models",
    ("awards", "part_views"): "edge",
    ("awards", "parts"): "operations",
    ("awards", "public_views"): "edge",
    ("awards", "ready_made"): "edge",
    ("awards", "unit_views"): "edge",
    ("awards", "words"): "edge",
    ("standings", "building"): "operations",
    ("standings", "earlier"): "operations",
    ("standings", "earlier_views"): "edge",
    ("standings", "places"): "queries",
    ("standings", "run_totals"): "operations",
    ("standings", "overruled"): "operations",
    ("standings", "applying"): "operations",
    ("standings", "previewing"): "queries",
    ("standings", "questioned"): "queries",
    ("standings", "recorded"): "queries",
    ("standings", "run_forms"): "edge",
    ("standings", "run_jobs"): "edge",
    ("standings", "run_views"): "edge",
    ("standings", "run_words"): "edge",
    ("standings", "monitor"): "queries",
    ("standings", "monitor_views"): "edge",
    ("standings", "figures"): "queries",
    ("standings", "grading"): "queries",
    ("standings", "results"): "queries",
    ("standings", "outside"): "queries",
    ("standings", "pages"): "edge",
    ("reports", "certificate_files"): "operations",
    ("reports", "certificate_forms"): "edge",
    ("reports", "certificate_jobs"): "edge",
    ("reports", "certificate_views"): "edge",
    ("reports", "certificate_words"): "edge",
    ("reports", "certificates"): "operations",
    ("reports", "exports"): "edge",
    ("reports", "workbook"): "edge",
    ("reports", "frames"): "edge",
    ("reports", "facility"): "queries",
    ("reports", "analysis_models"): "models",
    ("reports", "sheets"): "queries",
    ("reports", "analysing"): "operations",
    ("reports", "analysed"): "queries",
    ("reports", "compared"): "queries",
    ("reports", "drawn"): "queries",
    ("reports", "drawn_views"): "edge",
    ("reports", "comparing"): "operations",
    ("reports", "comparison_views"): "edge",
    ("reports", "analysis_jobs"): "edge",
    ("reports", "analysis_views"): "edge",
    ("reports", "analysis_words"): "edge",
    ("reports", "analysis_book"): "edge",
    ("reports", "pages"): "edge",
    ("reports", "paper_views"): "edge",
    ("reports", "slips"): "operations",
    ("reports", "slip_views"): "edge",
    ("reports", "award_books"): "edge",
    ("reports", "award_list_views"): "edge",
    ("reports", "award_list_words"): "edge",
    ("reports", "award_lists"): "operations",
    ("reports", "printed_official"): "operations",
    ("reports", "minutes"): "operations",
    ("reports", "minutes_views"): "edge",
    ("reports", "minutes_parts"): "edge",
    ("reports", "minutes_words"): "edge",
    ("reports", "overall_minutes_words"): "edge",
    ("reports", "printed"): "operations",
    ("reports", "printed_docx"): "operations",
    ("reports", "printed_keys"): "operations",
    ("reports", "printed_pdf"): "operations",
    ("reports", "printed_word_parts"): "operations",
    ("reports", "printed_words"): "edge",
}
STANDARD = {"models": "models", "queries": "queries", "operations": "operations",
            "forms": "edge", "api": "edge", "views": "edge"}


def modules() -> list[Path]:
    return sorted(p for p in CONTEST.rglob("*.py") if "web" not in p.relative_to(CONTEST).parts[:1])


def floor(room: str, name: str) -> str:
    """The floor of a file; an unknown name fails instead of counting as ground floor."""
    if name in PURE.get(room, set()):
        return "pure"
    if (room, name) in NAMED:
        return NAMED[room, name]
    return STANDARD[name]


def place(module: str) -> tuple[str, str]:
    """(room, file) of a dotted name below `contest`; ground-floor files have the room ""."""
    parts = module.split(".")[1:]
    if not parts:
        return "", ""
    if parts[0] in ROOMS:
        return parts[0], parts[1] if len(parts) > 1 else ""
    return "", parts[0]


def is_module(name: str) -> bool:
    path = ROOT / Path(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def imports(path: Path) -> set[str]:
    """Dotted names of `contest` modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "contest"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "contest":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if is_module(whole) else str(node.module))
    return found


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_rooms_and_floors(path):
    room, name = place(dotted(path))
    if not room and name in TOP:
        later = set(TOP[TOP.index(name):]) - {name}
        assert not {place(i)[1] for i in imports(path) if not place(i)[0]} & later
        return
    for module in imports(path):
        other_room, other = place(module)
        if not room:
            assert not other_room, f"ground floor imports {module}"
            continue
        if not other_room:
            assert other in GROUND, f"{room} imports {module}"
            continue
        assert ROOMS.index(other_room) <= ROOMS.index(room), f"{room} imports the later room {other_room}"
        if name and other:
            assert FLOORS.index(floor(other_room, other)) <= FLOORS.index(floor(room, name)), \
                f"{room}/{name} imports the higher floor {other_room}/{other}"
            if other == "views":
                pytest.fail(f"{room}/{name} imports views; only app.py may")


def test_the_skin_imports_no_room():
    for path in (CONTEST / "web").rglob("*.py"):
        assert not {m for m in imports(path) if place(m)[0]}, path


def test_only_app_imports_views():
    for path in CONTEST.rglob("*.py"):
        if path.name != "app.py":
            assert not {m for m in imports(path) if m.endswith(".views")}, path


def pure_modules() -> list[str]:
    found = []
    for room, names in PURE.items():
        for name in sorted(names):
            path = CONTEST / room / name
            found += ([f"contest.{room}.{name}"] if path.with_suffix(".py").exists()
                      else [dotted(p) for p in sorted(path.glob("*.py"))])
    return found


@pytest.mark.parametrize("module", pure_modules())
def test_pure_files_load_alone(module):
    """In a fresh process, without Flask, SQLAlchemy or pandas."""
    code = f"import sys, {module}; print([m for m in ('flask', 'sqlalchemy', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def calls(path: Path, attribute: str) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == attribute
               for node in ast.walk(ast.parse(path.read_text("utf8"))))


def test_only_the_edge_commits():
    edge = {"views", "api", "cli", "cli_banks", "cli_roster", "seeding", "serving", "running", "run_jobs"}
    at_edge = [p for p in modules() if p.stem in edge or p.stem.endswith("_views")]
    guilty = [dotted(p) for p in modules()
              if p not in at_edge and p.name not in {"database.py", "turns.py"} and calls(p, "commit")]
    assert guilty == []


def test_only_the_clock_reads_the_wall_clock():
    guilty = []
    for path in CONTEST.rglob("*.py"):
        if path.name == "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if (owner, node.func.attr) in {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"),
                                               ("time", "time"), ("datetime.datetime", "now")}:
                    guilty.append(f"{dotted(path)}:{node.lineno}")
    assert guilty == []


def reachable(start: str) -> set[str]:
    folder = ROOT / Path(*start.split("."))
    seen = {dotted(p) for p in folder.glob("*.py")}
    stack = sorted(seen)
    while stack:
        module = stack.pop()
        path = ROOT / Path(*module.split("."))
        for file in ([path.with_suffix(".py")] if path.with_suffix(".py").exists() else path.glob("*.py")):
            for other in imports(file) - seen:
                seen.add(other)
                stack.append(other)
    return seen


def test_delivery_cannot_reach_a_key():
    found = reachable("contest.delivery")
    assert "contest.delivery.models" in found
    assert not {m for m in found if m.startswith(("contest.questions.keys", "contest.scoring", "contest.standings"))}


def test_pandas_stays_out_of_the_web_process():
    code = ("import sys; from contest.app import create_app; create_app(); "
            "print([m for m in ('pandas', 'openpyxl', 'xlsxwriter') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pandas" not in done.stdout


PARSERS = {"python_calamine", "openpyxl", "odf", "xlrd"}


def outer_imports(path: Path) -> set[str]:
    """The packages of others that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf8"))))
    return ({alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
            | {str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)})


def test_only_the_children_parse_uploaded_workbooks():
    """The readers of lists and of question sheets load a parser; of all others only the children load them."""
    readers = {"contest.identity.reader", "contest.questions.formats.grid"}
    found = {dotted(path): outer_imports(path) & PARSERS for path in modules()}
    assert {module for module, names in found.items() if names} == {*readers, "contest.questions.formats.child"}
    assert all(names <= {"python_calamine"} for names in found.values())
    inside = "contest.questions.formats."
    assert {dotted(path) for path in modules() if imports(path) & readers and not dotted(path).startswith(inside)} == {
        "contest.identity.child"}
    doors = {"contest.questions.formats.child", "contest.questions.formats.gate"}
    entries = {"contest.questions.formats.whole.read_files", "contest.questions.formats.whole.read_one"}
    for path in modules():
        if dotted(path) not in doors | {"contest.questions.formats.whole"}:
            assert not named_imports(path) & {*entries, "contest.questions.formats.gate.read_bank_here"}, path


def test_a_parser_stays_out_of_the_process_that_takes_files():
    code = ("import sys; from contest.app import create_app; create_app(); import contest.identity.gate, "
            "contest.questions.formats.gate; print([m for m in ('python_calamine', 'openpyxl') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def named_imports(path: Path) -> set[str]:
    """module.name of everything that a file imports by name."""
    return {f"{node.module}.{alias.name}" for node in ast.walk(ast.parse(path.read_text("utf8")))
            if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_every_workbook_is_written_with_the_same_care():
    """`Workbook(target, SAFE)` or `SAFE | {…}`, and nothing after the bar takes a part of it back."""
    calls = [(dotted(path), node) for path in modules() for node in ast.walk(ast.parse(path.read_text("utf8")))
             if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Workbook"]
    assert len(calls) >= 6
    for module, call in calls:
        options = ast.unparse(call.args[1]) if len(call.args) == 2 else ""
        assert options.split(" | ")[0] == "SAFE", module
        assert "strings_to" not in options, module
        assert "contest.spreadsheets.SAFE" in named_imports(ROOT / Path(*module.split(".")).with_suffix(".py")), module


def test_no_drawer_is_a_room():
    names = {p.stem for p in CONTEST.rglob("*.py")} | {p.name for p in CONTEST.rglob("*") if p.is_dir()}
    assert not names & {"utils", "util", "common", "helpers", "base", "services", "misc"}
