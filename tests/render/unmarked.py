"""The numbers of a rendering that no element is marked with: in sentences, on lists, in heads."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from jinja2 import Environment
from readback import TOKEN, tag_of

from labelaudit.limits import judged
from labelaudit.render.markdown.summary import MOST_SUSPECTS
from labelaudit.render.text import visible
from labelaudit.report import TOPICS, Report

CHECKOUT = Path(__file__).parents[2]
SKIPPED = {"script", "style", "svg", "title"}
MARKS = {f"data-{kind}" for kind in ("value", "interval", "limit", "share", "table", "gallery")}


def sentences(node: Element, measure: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts that are in no element marked as a number, with the measure they are of."""
    if tag_of(node) in SKIPPED or MARKS & set(node.attrib):
        return
    if tag_of(node) == "article":
        measure = node.get("id", "")
    yield measure, node.text or ""
    for child in node:
        yield from sentences(child, measure)
        yield measure, child.tail or ""


def strange_numbers(said: Iterable[tuple[str, str]], report: Report, root: Element) -> list[str]:
    """Return the numbers in sentences that no field of the report prints, and no text of it has.

    In the section of a measure, where every number of it is marked, its own numbers are strange
    too, but for what it was computed with.
    """
    texts = Texts.of(report)
    counts = Numbers.of_counts(root, report)
    everywhere = Numbers.of(report) | counts
    by_measure = {each.name: Numbers.of(each.parameters) | counts for each in report.measures}
    constant = constant_numbers()
    return [
        f"{measure}: {token} in {words!r}"
        for measure, words in said
        for token in TOKEN.findall(words)
        if token not in constant
        and not by_measure.get(measure, everywhere).print_as(token)
        and not texts.hold(token, " ".join(words.split()))
    ]


@dataclass(frozen=True)
class Numbers:
    """Numbers that may be printed, as they are and in percent, to three digits or whole."""

    plain: frozenset[float]
    percent: frozenset[float]

    @classmethod
    def of(cls, thing: object) -> "Numbers":
        """Return all numbers within a part of a report."""
        found = [float(number) for number in _numbers(thing)]
        return cls(
            frozenset(each for number in found for each in _rounded(number)),
            frozenset(each for number in found for each in _rounded(100 * number)),
        )

    @classmethod
    def of_counts(cls, root: Element, report: Report) -> "Numbers":
        """Return how many there are of what is listed, and the shares of the items."""
        n_items = report.dataset.n_items
        values = [each for result in report.measures for each in result.values]
        amounts = [value.value or 0 for value in values]
        amounts += [report.dataset.n_unlabelled, report.dataset.n_unreadable or 0]
        shares = [amount / n_items for amount in amounts] if n_items else []
        one_in = [1 / each.value for each in values if each.unit == "share" and each.value]
        lists = [node for node in root.iter() if tag_of(node) in LISTS]
        counts: list[float] = [len(list(node.iter(tag))) for node in lists for tag in LISTED]
        counts += [sum("data-value" in each.attrib for each in node.iter()) for node in lists]
        counts += [len(each) for each in _sequences(report)]
        tables = [table for result in report.measures for table in result.tables]
        counts += [len(table.rows) + table.omitted for table in tables]
        galleries = [each for result in report.measures for each in result.galleries]
        counts += [len(each.samples) + each.omitted - MOST_SUSPECTS for each in galleries]
        counts += Counter(result.status for result in report.measures).values()
        verdicts = [judgement.verdict for judgement in judged(report)]
        counts += [len(verdicts), *Counter(verdicts).values()]
        counts += [
            n_items,
            len(TOPICS),
            len(report.measures),
            sum(len(each.notes) for each in report.measures),
        ]
        counts += [float(f"{number:.2g}") for number in one_in]
        return cls(cls.of(counts).plain, cls.of(shares).percent)

    def __or__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.plain | other.plain, self.percent | other.percent)

    def print_as(self, token: str) -> bool:
        """Tell whether one of the numbers is printed so."""
        number = float(token.strip("<>%").replace(",", ""))
        return number in (self.percent if token.endswith("%") else self.plain) or token in BOUNDS


BOUNDS = {"<0.001%", ">99.9%"}
LISTED = ("li", "figure", "dd", "tr")
LISTS = {"ul", "details", "tbody", "section"}


def _rounded(number: float) -> Iterator[float]:
    yield float(f"{number:.3g}")
    if abs(number) >= 100 or number.is_integer():
        yield float(round(number))


def _numbers(thing: object) -> Iterator[float]:
    if isinstance(thing, int | float) and not isinstance(thing, bool):
        yield thing
    for part in _parts(thing):
        yield from _numbers(part)


def _sequences(thing: object) -> Iterator[tuple[object, ...]]:
    if isinstance(thing, tuple):
        yield thing
    for part in _parts(thing):
        yield from _sequences(part)


@dataclass(frozen=True)
class Texts:
    """The texts of a report that have a number, as they are shown, by that number."""

    by_number: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, thing: object) -> "Texts":
        """Return the texts within a part of a report."""
        found: dict[str, set[str]] = {}
        for text in _texts_of(thing):
            for token in TOKEN.findall(text):
                found.setdefault(token, set()).add(text)
        return cls(found)

    def hold(self, token: str, words: str) -> bool:
        """Tell whether a number in a sentence is there as one of the texts, or as part of one."""
        around = rf".{{,{NEAR}}}(?<![\w.,]){re.escape(token)}(?![\w%]).{{,{NEAR}}}"
        pieces = re.findall(around, words)
        known = self.by_number.get(token, ())
        return any(text in words or any(piece in text for piece in pieces) for text in known)


NEAR = 8


def _texts_of(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        shown = " ".join(visible(thing).split())
        yield shown
        if re.match(r"\d{4}-\d\d-\d\dT", shown):
            yield shown[:10]
    for part in _parts(thing):
        yield from _texts_of(part)


def _parts(thing: object) -> Iterable[object]:
    if is_dataclass(thing):
        return [getattr(thing, each.name) for each in fields(thing) if each.name != "thumbnails"]
    if isinstance(thing, Mapping):
        return [*thing.keys(), *thing.values()]
    return thing if isinstance(thing, tuple | list) else ()


def constant_numbers() -> set[str]:
    """Return the numbers that our templates and sentences have of their own."""
    sources = [file.read_text(encoding="utf-8") for file in TEMPLATES.rglob("*.html")]
    found = {token for source in sources for token in _in_template(source)}
    for name in SENTENCES:
        tree = ast.parse((CHECKOUT / "labelaudit" / "render" / name).read_text(encoding="utf-8"))
        constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found |= {t for each in constants if isinstance(each, str) for t in TOKEN.findall(each)}
    return found


TEMPLATES = CHECKOUT / "templates"
SENTENCES = ("advice.py", "alerts.py", "gist.py", "judgements.py", "modules.py", "stated.py")


def _in_template(source: str) -> Iterator[str]:
    for _, kind, value in Environment(autoescape=True).lex(source):
        if kind in {"data", "string"}:
            yield from TOKEN.findall(re.sub(r"<[^>]*>", " ", value))
