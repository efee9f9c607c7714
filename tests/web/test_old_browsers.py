"""Our styles, scripts and pages hold nothing that Chrome 109, Firefox ESR 115 or Safari 15 lack, but what is marked.

None of the three runs here. What a pattern can't see (how a feature behaves, a name made up at run time) it can't
refuse.
"""

import re
from pathlib import Path

import pytest

from tests.web.browser_features import FEATURES, Feature

WEB = Path(__file__).parents[2] / "contest/web"
FILES = {"css": sorted(WEB.glob("static/css/*.css")), "js": sorted(WEB.glob("static/js/*.js")),
         "html": sorted(WEB.glob("templates/**/*.html"))}
COMMENTS = {"css": r"/\*.*?\*/", "js": r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "html": r"\{#.*?#\}"}
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
# (feature, file) → what happens where it is missing.
ALLOWED = {
    ("share()", "share.js"): "the button for it stays hidden; copying the address remains",
    ("navigation preload", "shell.js"): "asked for before it is used; the page is fetched without it",
    (":has()", "admin.css"): "a margin is wider",
    (":focus-visible", "site.css"): "the browser's own ring, which nothing takes away",
    ("::details-content", "admin.css"): "within @supports; filters.js opens the filters",
    ("::details-content", "site.css"): "for print; prefs.js opens what is folded before printing",
    ("@container", "site.css"): "bars of units stand under their names",
    ("container-type", "site.css"): "as @container",
    ("@page", "site.css"): "the margins that the browser prints with",
    ("forced-colors", "site.css"): "without the query there are no forced colours",
    ("forced-color-adjust", "site.css"): "only within forced-colors",
    ("text-wrap", "site.css"): "lines of a heading are less even",
    ("overflow-wrap: anywhere", "admin.css"): "long words break as `body` says; columns of tables may be wider",
    ("overflow-wrap: anywhere", "import.css"): "long words break as `body` says; columns of tables may be wider",
    ("overflow-wrap: anywhere", "site.css"): "long words break as `body` says; columns of tables may be wider",
    ("overflow-wrap: anywhere", "sources.css"): "long words break as `body` says; columns of tables may be wider",
    ("accent-color", "site.css"): "boxes have the browser's colour",
    ("field-sizing", "admin.css"): "the field keeps its height and scrolls",
    ("field-sizing", "import.css"): "the field keeps its height and scrolls",
    ("content-visibility", "admin.css"): "as ::details-content",
    ("content-visibility", "site.css"): "as ::details-content",
    ("lazy pictures", "question_fields.html"): "pictures come at once",
    ("lazy pictures", "contest_page.html"): "pictures come at once",
    ("what blocks", "layout.html"): "a chosen theme or size of letters may be seen a moment late",
}


def source(path: Path) -> str:
    """A file without its comments."""
    return re.sub(COMMENTS[path.suffix[1:]], "", path.read_text("utf8"), flags=re.DOTALL)


def uses(feature: Feature) -> list[str]:
    """The files that use it; for scripts also pages that hold one."""
    found = [path.name for path in FILES[feature.kind] if re.search(feature.pattern, source(path))]
    if feature.kind == "js":
        found += [path.name for path in FILES["html"]
                  if any(re.search(feature.pattern, script) for _, script in SCRIPT.findall(source(path)))]
    return found


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_each_pattern_matches_what_it_is_for(feature: Feature):
    assert re.search(feature.pattern, feature.sample)
    assert feature.lacking, "every promised browser has it"


def test_nothing_too_new_is_used_but_what_is_marked():
    found = {(feature.name, name) for feature in FEATURES for name in uses(feature)}
    assert sorted(found - set(ALLOWED)) == []  # a promised browser lacks it: another way, or a mark what then happens
    assert sorted(set(ALLOWED) - found) == []  # no longer used: the mark can go


def test_scripts_that_wait_or_import_are_modules():
    """Top-level `await`, `import` and `export` are errors in a script that is none."""
    needs = {path.name for path in FILES["js"] if re.search(
        r"^(?:import|export)\b|^(?!async |const \w+ = async )\S[^\n]*\bawait\b", source(path), re.MULTILINE)}
    assert {"exam.js", "fields.js", "offline.js"} <= needs
    plain = {name for path in FILES["html"] for attributes, _ in SCRIPT.findall(source(path))
             for name in re.findall(r"js/(\w+\.js)", attributes) if 'type="module"' not in attributes}
    assert needs & (plain | {"shell.js"}) == set()  # a service worker is no module either
