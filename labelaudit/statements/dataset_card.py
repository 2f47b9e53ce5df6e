"""A dataset card: the YAML on top of a README.md and the sections below it."""

from collections.abc import Iterator
from typing import Final

from labelaudit.report import Statement
from labelaudit.statements.data import entries, listed, mapping, read_yaml, words
from labelaudit.statements.headings import stated_under_headings
from labelaudit.statements.papers import Kind, UnreadablePaperError
from labelaudit.statements.plain import states

# Keys that the card's specification has, and those that cards have beyond it.
KEYS: Final = {
    "version": ("version", "dataset_version"),
    "description": ("description",),
    "creators": ("authors", "creators"),
    "homepage": ("homepage", "url"),
    "citation": ("citation",),
}


def dataset_card(text: str, name: str) -> Iterator[Statement]:
    """Yield what a card states, on top first; where the YAML is broken, what stands below it.

    Raises
    ------
    UnreadablePaperError
        At the end, when the YAML was broken.
    """
    front, body = front_matter(text)
    broken: UnreadablePaperError | None = None
    try:
        card = mapping(read_yaml(front)) if front else {}
    except UnreadablePaperError as error:
        card, broken = {}, error
    for topic, keys in KEYS.items():
        for key in keys:
            said = listed(words(entry) for entry in entries(card.get(key)))
            yield from states(topic, said, f"{name}: {key}")
    yield from _license(card, name)
    yield from stated_under_headings(body, name)
    judges = listed((words(kind) for kind in entries(card.get("annotations_creators"))), ", ")
    yield from states("annotation_process", judges, f"{name}: annotations_creators")
    if broken:
        raise UnreadablePaperError(f"the YAML on top {broken}")


def front_matter(text: str) -> tuple[str, str]:
    """Return the YAML on top of a file, which may be none, and the rest of it."""
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != "---":
        return "", text
    for at, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "".join(lines[1:at]), "".join(lines[at + 1 :])
    return "", text


def _license(card: dict[str, object], name: str) -> Iterator[Statement]:
    """Yield the licence: its identifier, or where that is ``other``, its name and address."""
    said = listed((words(kind) for kind in entries(card.get("license"))), ", ")
    link = words(card.get("license_link"))
    if named := words(card.get("license_name")):
        yield from states(
            "license", f"{named} ({link})" if link else named, f"{name}: license_name"
        )
    yield from states("license", said, f"{name}: license")


DATASET_CARD: Final = Kind(names=("readme.md", "readme.markdown"), states=dataset_card)
DATASHEET: Final = Kind(
    names=(
        *("datasheet.md", "data_card.md", "datacard.md", "data-card.md", "dataset_card.md"),
        *("dataset-card.md", "dataset.md", "data_sheet.md"),
    ),
    states=dataset_card,
)
