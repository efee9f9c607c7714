"""What sort of unit a unit is: the words of Vietnamese lists → our kinds. Pure."""

from contest.identity.names import fold

KINDS = ("province", "department", "district", "commune", "office", "school", "hospital", "other")

# The first words of a folded "Loại" cell, or of a unit's own name; the longest that fits counts.
_WORDS = {
    "tinh": "province",
    "so": "department", "so ban nganh": "department", "ban": "department", "nganh": "department",
    "co quan": "department", "thanh tra": "department", "van phong ubnd": "department",
    "van phong uy ban": "department",
    "huyen": "district", "thi xa": "district", "thanh pho": "district", "quan": "district",
    "xa": "commune", "phuong": "commune", "dac khu": "commune", "thi tran": "commune",
    "phong": "office", "van phong": "office", "chi cuc": "office", "trung tam": "office", "to": "office",
    "truong": "school", "benh vien": "hospital", "tram y te": "hospital", "khac": "other",
}


def kind_of(text: str) -> str | None:
    """The kind that a word or a unit's name says: "Phường Mỹ Tho" → "commune"; None where it says none."""
    folded = fold(text).replace(",", " ").replace("/", " ")
    if folded in KINDS:
        return folded
    words = folded.split()
    for length in (4, 3, 2, 1):
        kind = _WORDS.get(" ".join(words[:length]))
        if kind:
            return kind
    return None
