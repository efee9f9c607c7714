import io
from dataclasses import replace
from hashlib import sha256

import pytest
from flask import render_template_string
from PIL import Image
from sqlalchemy import func, select

from contest.extensions import db
from contest.questions import pictures
from contest.questions.formats import markup
from contest.questions.formats.drafts import Accepted, Draft, Gap, Media
from contest.questions.formats.images import take
from contest.questions.media import StoredMedia
from tests.factories import NOON
from tests.questions.cast import browser, counted


def picture(colour=(200, 10, 10)):
    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "PNG")
    return take(out.getvalue())


@pytest.fixture
def kept(app):
    with app.app_context():
        pictures.store([picture()], NOON)
        db.session.commit()
    return picture()


def count():
    return db.session.scalar(select(func.count()).select_from(StoredMedia))


class TestStore:
    def test_keeps_each_picture_once(self, app):
        red, blue = picture(), picture((0, 0, 200))
        with app.app_context():
            assert pictures.store([red, red], NOON) == 1
            assert pictures.store([blue, red], NOON) == 1
            db.session.commit()
            assert count() == 2
            row = db.session.get(StoredMedia, red.name)
            assert (row.mime, row.width, row.height, row.size, row.data, row.created_at) == (
                "image/webp", 30, 20, len(red.data), red.data, NOON)

    def test_another_s_picture_of_the_same_name_does_no_harm(self, app, monkeypatch):
        with app.app_context():
            pictures.store([picture()], NOON)
            monkeypatch.setattr(pictures, "_chunks", lambda names: [])  # as if it came in between
            pictures.store([picture()], NOON)
            assert count() == 1

    @pytest.mark.parametrize("change", [
        {"name": "0" * 64}, {"mime": "image/svg+xml"}, {"mime": "text/html"}, {"width": 0}, {"height": 1201},
        {"data": b"<svg/>"},
    ])
    def test_takes_nothing_but_what_was_re_encoded(self, app, change):
        with app.app_context():
            with pytest.raises(ValueError):
                pictures.store([replace(picture(), **change)], NOON)
            fake = b"<script>alert(1)</script>"
            with pytest.raises(ValueError):
                pictures.store([Media(sha256(fake).hexdigest(), "image/webp", 1, 1, fake)], NOON)
            assert count() == 0


def test_the_pictures_of_drafts_in_their_order(app):
    several = [picture((n, 0, 0)) for n in range(5)]
    shown = [markup.picture_markup(media, "a") for media in several]
    draft = Draft("2", 2, None, "gaps", f"{shown[3]} [[1]]", (shown[1],), (), explanation=shown[4], markup=True,
                  parts=(shown[0],), gaps=(Gap("choice", (Accepted(shown[2]),)),))
    with app.app_context():
        pictures.store(several[1:], NOON)
        assert [media.name for media in pictures.pictures_of([draft])] == [several[n].name for n in (3, 1, 2, 4)]
        assert pictures.pictures_of([replace(draft, markup=False)]) == ()
        assert pictures.picture(several[2].name) == several[2]
        assert pictures.picture("0" * 64) is None


class TestServing:
    def test_a_signed_in_person_sees_the_picture(self, app, hands, kept):
        answer = browser(app, "contestant").get(markup.media_address(kept.name))
        assert (answer.status_code, answer.data, answer.mimetype) == (200, kept.data, "image/webp")
        assert answer.headers["ETag"] == f'"{kept.name}"'
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{kept.name[:16]}.webp"'

    def test_nobody_else_does(self, app, kept):
        assert app.test_client().get(markup.media_address(kept.name)).status_code == 303

    def test_a_browser_that_has_it_is_told_so(self, app, hands, kept):
        answer = browser(app, "contestant").get(markup.media_address(kept.name),
                                                headers={"If-None-Match": f'"{kept.name}"'})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"

    @pytest.mark.parametrize("name", ["0" * 64, "A" * 64, "x", "0" * 63, "..%2f..%2fetc%2fpasswd", "0" * 64 + "%0a"])
    def test_another_name_is_missing(self, app, hands, kept, name):
        assert browser(app, "contestant").get(f"/hinh/{name}").status_code == 404

    def test_costs_one_statement_beside_that_of_the_gate(self, app, hands, kept):
        client = browser(app, "contestant")
        with counted(app) as statements:
            client.get(markup.media_address(kept.name))
        assert len(statements) == 2


class TestFilters:
    def shown(self, app, template, **context):
        with app.test_request_context():
            return render_template_string(template, **context)

    def test_rich_text_asks_nothing_of_the_database(self, app):
        text = f"**a** < b\n\n{markup.picture_markup(picture(), 'đỏ')}"
        with counted(app) as statements:
            html = self.shown(app, "{{ text|rich(true) }}", text=text)
        assert html == markup.to_html(text)
        assert 'width="30" height="20"' in html
        assert not statements

    def test_plain_text_is_plain(self, app):
        assert self.shown(app, "{{ text|rich }}", text="**a** <b>\nc") == "**a** &lt;b&gt;<br>c"
        assert self.shown(app, "{{ text|rich_inline(false) }}", text="$x$") == "$x$"
        assert self.shown(app, "{{ text|rich_plain }}", text="*a* <b>") == "*a* &lt;b&gt;"

    def test_inline_and_plain_forms(self, app):
        assert self.shown(app, "{{ text|rich_inline(true) }}", text="*a*") == "<em>a</em>"
        assert self.shown(app, "{{ text|rich_plain(true) }}", text="*a* <b>") == "a &lt;b&gt;"
        assert self.shown(app, "{{ none|rich(true) }}{{ none|rich_inline }}{{ none|rich_plain(true) }}") == ""
