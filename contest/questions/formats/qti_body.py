"""The body of a QTI item as HTML, its interactions left to who reads them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from contest.questions.formats.qti_tree import Node, name_of, words

MAX_DEPTH = 60  # elements in elements; the text of what lies deeper comes along plain
INTERACTIONS = frozenset({
    "choiceinteraction", "matchinteraction", "associateinteraction", "orderinteraction", "inlinechoiceinteraction",
    "textentryinteraction", "gapmatchinteraction", "extendedtextinteraction", "hottextinteraction",
    "hotspotinteraction", "graphicorderinteraction", "graphicassociateinteraction", "graphicgapmatchinteraction",
    "selectpointinteraction", "positionobjectinteraction", "positionobjectstage", "sliderinteraction",
    "mediainteraction", "uploadinteraction", "drawinginteraction", "custominteraction", "portablecustominteraction",
})
FEEDBACK = frozenset({"feedbackinline", "feedbackblock", "modalfeedback"})
_SOUND = frozenset({"audio", "video", "embed", "applet", "iframe", "source", "track"})
_SILENT = frozenset({"script", "style", "stylesheet", "infocontrol", "endattemptinteraction", "templateinline",
                     "templateblock", "printedvariable", "companionmaterialsinfo", "cataloginfo"})
_OWN = frozenset({"prompt", "simplechoice", "simpleassociablechoice", "gaptext", "gapimg", "gap", "rubricblock",
                  "itembody", "contentbody", "stimulusbody", "hottext", "unknown", "feedbackblock", "modalfeedback",
                  "feedbackinline", "inlinechoice"})
_EMPTY = frozenset({"br", "hr", "img", "wbr"})
_KEPT = frozenset({"src", "alt", "width", "height", "colspan", "rowspan", "href", "start", "type", "style", "title",
                   "class", "encoding", "display", "align"})

Interaction = Callable[[Node], str]
Feedback = Callable[[Node], None]


class Body:
    """Renders nodes as HTML.

    `interaction` gives what stands in an interaction's place, `feedback` takes each feedback (it
    is no part of the text), `warn` is told of what can't come along.
    """

    def __init__(self, warn: Callable[..., None], interaction: Interaction, feedback: Feedback,
                 rubric: Interaction) -> None:
        self.warn = warn
        self.interaction = interaction
        self.feedback = feedback
        self.rubric = rubric
        self.depth = 0

    def inner(self, node: Node) -> str:
        """The HTML of what a node holds."""
        if self.depth >= MAX_DEPTH:
            return escape(words(node), quote=False)
        self.depth += 1
        pieces = [escape(node.text or "", quote=False)]
        for child in node:
            pieces += [self.outer(child), escape(child.tail or "", quote=False)]
        self.depth -= 1
        return "".join(pieces)

    def outer(self, node: Node) -> str:
        """The HTML of a node itself."""
        name = name_of(node)
        if name in INTERACTIONS:
            return self.interaction(node)
        if name in FEEDBACK:
            self.feedback(node)
            return ""
        if name == "rubricblock":
            return self.rubric(node)
        if name in _SOUND or name == "object":
            return self._object(node, name)
        if name in _SILENT:
            return ""
        if name in _OWN:
            return self.inner(node)
        return self._element(node, name)

    def _element(self, node: Node, name: str) -> str:
        kept = "".join(f' {key}="{escape(str(value))}"' for key, value in sorted(node.attrib.items()) if key in _KEPT)
        return f"<{name}{kept}>" if name in _EMPTY else f"<{name}{kept}>{self.inner(node)}</{name}>"

    def _object(self, node: Node, name: str) -> str:
        """A picture in an object element; anything else makes a sound or moves."""
        kind, data = node.get("type", ""), node.get("data", "")
        drawn = kind.startswith("image/") or data.lower().rpartition(".")[2] in ("png", "jpg", "jpeg", "gif", "webp")
        if name == "object" and data and drawn:
            alt = node.get("alt") or words(node)
            return f'<img alt="{escape(alt)}" src="{escape(data)}">'
        if name == "object" and kind.startswith("text/"):
            self.warn("html_lost", value=data[:200])
            return ""
        if name not in ("source", "track"):
            self.warn("audio_lost", value=(node.get("src") or data)[:200])
        return ""
