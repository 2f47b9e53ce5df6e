"""Which heading or field of a card or datasheet states which topic.

The headings are those of four templates: the dataset card of huggingface_hub, the older one of
datasets, the questions of Datasheets for Datasets, and the data card of the Data Cards Playbook.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from labelaudit.report import Statement
from labelaudit.statements.papers import UnreadablePaperError
from labelaudit.statements.plain import from_markdown, says_something, states
from labelaudit.statements.sections import (
    Section,
    fields_of,
    key_of,
    prose_of,
    sections_of,
)

NO_PROSE: Final = re.compile(r"\s*(?:\||[-*+] \[[^\]]*\]\(#)")  # of a table or of contents
NO_ANSWER: Final = "any other comments?"  # the last question of each part of a datasheet
MOST_BELOW: Final = 40
MOST_FIELDS: Final = 200
MOST_TURNED: Final = 100  # a card has about twenty sections that matter here

# By topic, the better heading first; one that ends in "..." is only begun so.
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "version": ("dataset version", "version", "current version", "version details"),
    "description": (
        *("dataset summary", "dataset description", "description", "summary", "abstract"),
        *("content description", "about the dataset", "about this dataset"),
    ),
    "license": (
        *("licensing information", "license", "licence", "licensing", "license information"),
        *("dataset license", "terms of use"),
        "will the dataset be distributed under a copyright...",
    ),
    "creators": (
        *("dataset curators", "curated by", "creators", "dataset creators", "created by"),
        *("authors", "author", "dataset owners", "who created..."),
    ),
    "intended_use": (
        *("direct use", "suitable use cases", "suitable use case", "intended use", "intended uses"),
        *("recommended uses", "supported tasks", "supported tasks and leaderboards"),
        *("for what purpose was the dataset created...", "uses"),
    ),
    "out_of_scope_use": (
        *("out-of-scope use", "out-of-scope uses", "out of scope use", "unsuitable use cases"),
        *("unsuitable use case", "prohibited uses", "misuse"),
        "are there tasks for which the dataset should not be used...",
        *("uses to avoid", "limitations and biases", "biases and limitations"),
        *("bias, risks, and limitations", "other known limitations", "known limitations"),
        "limitations",
    ),
    "collection": (
        *("data collection and processing", "initial data collection and normalization"),
        *("data collection", "collection process", "data collection process", "collection"),
        *("how was the data associated with each instance acquired...", "source data"),
        "provenance",
    ),
    "annotation_process": (
        *("annotation process", "annotations", "annotation", "labeling"),
        *("labeling process", "who are the annotators?"),
        *("was any preprocessing/cleaning/labeling...", "preprocessing/cleaning/labeling"),
    ),
    "sensitive_data": (
        *("personal and sensitive information", "privacy considerations", "privacy"),
        *("sensitivity of data", "sensitivity types", "security and privacy handling"),
        "does the dataset contain data that might be considered sensitive...",
    ),
    "maintenance": (
        *("maintenance", "maintenance plan", "dataset maintenance", "maintained by"),
        *("dataset version and maintenance", "who is supporting/hosting/maintaining..."),
        *("who will be supporting/hosting/maintaining...", "point of contact"),
        *("dataset card contact", "contact"),
    ),
    "homepage": ("homepage", "website", "dataset link", "repository"),
    "citation": (
        *("citation information", "citation", "how to cite", "citing", "citation guidelines"),
        "cite",
    ),
}


def stated_under_headings(markdown: str, name: str) -> Iterator[Statement]:
    """Yield what a Markdown file states under headings and in fields, one statement a topic."""
    document = _Document(sections_of(markdown))
    for topic in HEADINGS:
        for title, text in document.stated(topic):
            found = list(states(topic, text, f"{name}: {from_markdown(title)}"))
            yield from found
            if found:
                break
    yield from document.introduction(name)


class _Document:
    """A Markdown file whose sections are turned into text when they are asked for."""

    def __init__(self, sections: list[Section]) -> None:
        self.sections = sections
        self.keys = [key_of(section.title) for section in sections]
        self.topics = [_topic(key) for key in self.keys]
        fields = (each for section in sections for each in fields_of(section))
        self.fields = list(islice(fields, MOST_FIELDS))
        self.texts: dict[int, str] = {}

    def stated(self, topic: str) -> Iterator[tuple[str, str]]:
        """Yield heading and text of all that may state a topic, the better heading first."""
        for key in HEADINGS[topic]:
            for at, found in enumerate(self.keys):
                if _is(found, key):
                    yield self.sections[at].title, self.text_under(at)
            for found, title, value in self.fields:
                if _is(found, key):
                    yield title, from_markdown(value)

    def introduction(self, name: str) -> Iterator[Statement]:
        """Yield what stands below the title, where a card has its summary."""
        if len(self.sections) > 1 and self.sections[1].level == 1 and not self.topics[1]:
            title = from_markdown(self.sections[1].title) or "title"
            prose = prose_of(self.sections[1], fields=False)
            lines = [line for line in prose.splitlines() if not NO_PROSE.match(line)]
            yield from states("description", from_markdown("\n".join(lines)), f"{name}: {title}")

    def text_under(self, at: int) -> str:
        """Return the text under a heading; where there is none, that of the headings below it.

        A heading below it that states another topic is left to that.
        """
        if says_something(own := self.own_text(at)):
            return own
        below = []
        for other in range(at + 1, min(at + 1 + MOST_BELOW, len(self.sections))):
            if self.sections[other].level <= self.sections[at].level:
                break
            if self.topics[other] in ("", self.topics[at]) and self.keys[other] != NO_ANSWER:
                below.append(self.own_text(other))
        return " ".join(text for text in below if says_something(text))

    def own_text(self, at: int) -> str:
        """Return the text of a section, without paragraphs in which a template explains itself."""
        if at not in self.texts:
            if len(self.texts) >= MOST_TURNED:
                raise UnreadablePaperError("has far more sections than a card has")
            fields = self.topics[at] != "description"
            paragraphs = prose_of(self.sections[at], fields=fields).split("\n\n")
            kept = (text for text in paragraphs if not _all_italic(text.strip()))
            self.texts[at] = from_markdown("\n\n".join(kept))
        return self.texts[at]


def _is(found: str, key: str) -> bool:
    return found.startswith(key[:-3]) if key.endswith("...") else found == key


def _topic(found: str) -> str:
    """Return the topic that a heading states; an empty string when it is no known heading."""
    keys = ((topic, key) for topic, keys in HEADINGS.items() for key in keys)
    return next((topic for topic, key in keys if _is(found, key)), "")


def _all_italic(text: str) -> bool:
    return len(text) > 1 and text[0] == text[-1] == "_" and "_" not in text[1:-1]
