"""Two people read by turns, at one server, whatever the order of their parameters: each gets what is theirs."""

import itertools
import random
import re
from datetime import timedelta
from types import SimpleNamespace

from contest.extensions import db
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories as make
from tests.factories import NOON
from tests.standings.cast import sit, stage

CLOSED = NOON + timedelta(hours=2)
NOW = CLOSED + SETTLE + timedelta(minutes=1)


def plain(answer):
    """Status, headers and body, without the tokens that each answer has anew."""
    body = re.sub(r'(?:csrf[_-]?\w*|nonce)"[^>,]*', "", answer.get_data(as_text=True))
    return answer.status_code, [one for one in answer.headers if one[0] not in ("Set-Cookie", "Content-Length")], body


def test_each_gets_their_own(app, hands):
    hands.set(NOW)
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(closes_at=CLOSED, result_shown="review", board_shown="after_close")
        people = [make.account(unit=unit, name=f"Lê Văn {name}") for name in ("An", "Bình", "Chi")]
        mine = [sit(round_, bank, who, unit=unit, right=4 - n, wrong=n).id for n, who in enumerate(people)]
        score_round(round_.id, NOW)
        publish_results(round_.id, by=None, now=NOW)
        round_id, ids = round_.id, [who.id for who in people]
        db.session.commit()
    clients = [make.signed_in(app.test_client(), SimpleNamespace(id=id_)) for id_ in ids[:2]]
    asked = [("limit", "2"), ("after", "0"), ("audience", "official")]
    paths = [f"/api/v1/rounds/{round_id}/leaderboard?" + "&".join("=".join(pair) for pair in order)
             for order in itertools.permutations(asked)]
    paths += [f"/dot-thi/{round_id}/xep-hang?{query}" for query in ("sau=0&nhom=cbccvc", "nhom=cbccvc&sau=0")]
    paths += [f"/dot-thi/{round_id}/xep-hang", "/ket-qua-cua-toi", f"/api/v1/rounds/{round_id}/me",
              *(f"/luot-thi/{id_}/ket-qua" for id_ in mine[:2])]
    own = {(n, path): plain(client.get(path)) for n, client in enumerate(clients) for path in paths}
    differ = {path for path in paths if own[0, path] != own[1, path]}
    assert differ == {path for path in paths if "/leaderboard" not in path}
    dice = random.Random(14)
    for _ in range(1_000):
        n, path = dice.choice(list(own))
        assert plain(clients[n].get(path)) == own[n, path]
    assert all(dict(headers)["Cache-Control"] == "no-store" for _status, headers, _body in own.values())
