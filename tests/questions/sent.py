"""What a browser would send of the form of a page, unchanged."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """The fields of the form that has the attribute `mark`."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark, self.inside, self.sent = mark, False, {}
        self.area = self.chooser = None

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.inside = self.mark in has
        if not self.inside or ("name" not in has and tag != "option"):
            return
        if tag == "input" and has.get("type") not in ("file", "submit"):
            if has.get("type") not in ("checkbox", "radio") or "checked" in has:
                self.sent[has["name"]] = has.get("value", "")
        elif tag == "textarea":
            self.area = has["name"]
            self.sent[self.area] = ""
        elif tag == "select":
            self.chooser = has["name"]
        elif tag == "option" and "selected" in has:
            self.sent[self.chooser] = has["value"]

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            self.sent[self.area] = self.sent[self.area].removeprefix("\r\n").replace("\n", "\r\n")
            self.area = None
        if tag == "form":
            self.inside = False

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] += data


def sent_by(page: str, mark: str = "data-question") -> dict[str, str]:
    """name → value, as a person who changes nothing sends it; line breaks as browsers send them."""
    parser = _Fields(mark)
    parser.feed(page)
    assert parser.sent, "no such form"
    return parser.sent
