"""What was earned and chosen on many papers, kept so small that a million of them fit into memory."""

from array import array
from collections.abc import Iterable, Iterator, Mapping

NOTHING = ""


class Answered(Mapping[str, Mapping[str, int]]):
    """Paper → question → what it earned, as `analysis.Papers` has it; beside it what was chosen, question by question.

    An answer takes 18 bytes; a paper's scores are put into a dict only where somebody looks at that paper.
    """

    def __init__(self) -> None:
        self._papers: dict[str, int] = {}
        self._names: list[str] = []
        self._ends = array("Q", [0])
        self._asked, self._scores = array("I"), array("h")
        self._places: dict[str, int] = {}
        self._questions: list[str] = []
        self._words: dict[str, int] = {NOTHING: 0}
        self._columns: list[tuple[array[int], array[int]]] = []  # of each question: papers, words

    def add(self, paper: str, answers: Iterable[tuple[str, int, str]]) -> None:
        """A paper: of each question its hundredths and what was chosen. Raises ValueError where it is known."""
        if paper in self._papers:
            raise ValueError("a paper comes twice")
        number = self._papers[paper] = len(self._names)
        self._names.append(paper)
        for question, score, choice in answers:
            place = self._places.get(question)
            if place is None:
                place = self._places[question] = len(self._questions)
                self._questions.append(question)
                self._columns.append((array("I"), array("I")))
            self._asked.append(place)
            self._scores.append(score)
            papers, words = self._columns[place]
            papers.append(number)
            words.append(self._words.setdefault(choice, len(self._words)))
        self._ends.append(len(self._asked))

    def chosen(self, question: str) -> dict[str, str]:
        """Paper → what was chosen for a question, "" for nothing; the papers that have it."""
        if question not in self._places:
            return {}
        papers, words = self._columns[self._places[question]]
        said = list(self._words)
        return {self._names[paper]: said[word] for paper, word in zip(papers, words, strict=True)}

    def __getitem__(self, paper: str) -> dict[str, int]:
        number = self._papers[paper]
        start, end = self._ends[number], self._ends[number + 1]
        return {self._questions[place]: score
                for place, score in zip(self._asked[start:end], self._scores[start:end], strict=True)}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
