"""What the front matter of a dataset card says otherwise than the report."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from labelaudit.errors import some
from labelaudit.privacy.words import ONE_OF_FEW
from labelaudit.reading.folders import split_name
from labelaudit.render.markdown.escape import prose
from labelaudit.render.text import counted, visible
from labelaudit.report import Report
from labelaudit.statements.data import entries, mapping, read_yaml, words
from labelaudit.statements.papers import UnreadablePaperError

MAGNITUDES: Final = {"": 1, "K": 1000, "M": 10**6, "B": 10**9, "T": 10**12}
SIZE: Final = re.compile(r"(?:(\d{1,6})([KMBT]?)<)?n(?:([<>])(\d{1,6})([KMBT]?))?")
STEPS: Final = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")
KINDS: Final = {"multiclass": "multi-class", "multilabel": "multi-label"}
MOST_DEEP: Final = 8  # lists and structs around the labels of a feature

Names = list[str]


def differences(front_matter: str, report: Report) -> tuple[str, ...]:
    """Return what a front matter says otherwise than a report, a sentence each.

    Held against the report are ``size_categories``, ``task_ids``, the splits of ``configs``, and
    of ``dataset_info`` the number of examples of each split and the names of the classes. What
    the front matter does not say is no difference. Where it has several configurations, one of
    them has to agree. A public report does not name its small classes; only their number is
    compared.

    Parameters
    ----------
    front_matter
        The YAML on top of a card, without the rules around it; may be empty.
    report
        Any report.
    """
    try:
        card = mapping(read_yaml(front_matter)) if front_matter.strip() else {}
    except UnreadablePaperError as error:
        return (f"the YAML on top {error}: nothing in it was compared",)
    infos = [mapping(each) for each in entries(card.get("dataset_info"))]
    examples = [counts for info in infos if (counts := _examples(info)) is not None]
    classes = [names for info in infos for names in _class_names(info.get("features"))]
    listed = [
        found
        for config in entries(card.get("configs"))
        if (found := _listed_splits(mapping(config)))
    ]
    return (
        *_of_size(entries(card.get("size_categories")), report),
        *_of_kind(entries(card.get("task_ids")), report),
        *_unless_one_agrees([list(_of_examples(counts, report)) for counts in examples]),
        *_unless_one_agrees([list(_of_splits(found, report)) for found in listed]),
        *_unless_one_agrees([list(_of_classes(names, report)) for names in classes]),
    )


def first_front_matter(report: Report) -> str:
    """Return a card that says of a dataset only what was measured.

    Parameters
    ----------
    report
        Any report.
    """
    dataset = report.dataset
    name = visible(dataset.name)
    lines = ["---", f"pretty_name: {json.dumps(name, ensure_ascii=False)}"]
    lines += ["size_categories:", f"- {_size(dataset.n_items)}"]
    if dataset.task in KINDS:
        lines += ["task_categories:", f"- {dataset.modality}-classification"]
        images = "image-" if dataset.modality == "image" else ""
        lines += ["task_ids:", f"- {KINDS[dataset.task]}-{images}classification"]
    return "\n".join([*lines, "---", "", f"# {prose(name)}", ""])


def _size(n: int) -> str:
    """Return the category of a number of items, as the hub names it."""
    above = [step for step in STEPS if n < _number(step[:-1], step[-1])]
    if not above:
        return f"n>{STEPS[-1]}"
    at = STEPS.index(above[0])
    return f"{STEPS[at - 1]}<n<{above[0]}" if at else f"n<{above[0]}"


def _number(digits: str, magnitude: str) -> int:
    return int(digits) * MAGNITUDES[magnitude]


def _of_size(said: list[object], report: Report) -> Iterator[str]:
    sizes = [words(each) for each in said]
    if sizes and not any(_holds(size, report.dataset.n_items) for size in sizes):
        yield (
            f"size_categories: {some(sizes)}; the report has "
            f"{counted(report.dataset.n_items, 'item')}, {_size(report.dataset.n_items)}"
        )


def _holds(size: str, n: int) -> bool:
    """Return whether a category holds a number; one that is not understood holds none."""
    found = SIZE.fullmatch(size.replace(" ", ""))
    if found is None or found[0] == "n":
        return False
    low, low_magnitude, sign, bound, magnitude = found.groups()
    if low is not None and n < _number(low, low_magnitude):
        return False
    if sign is None:
        return True
    limit = _number(bound, magnitude)
    return n <= limit if sign == "<" else n >= limit


def _of_kind(said: list[object], report: Report) -> Iterator[str]:
    ids = [words(each) for each in said]
    kinds = {kind for kind in KINDS.values() if any(each.startswith(kind) for each in ids)}
    kind = KINDS.get(report.dataset.task)
    if kind is not None and kinds and kind not in kinds:
        yield f"task_ids: {some(ids)}; the labels of the report are {kind}"


def _examples(info: Mapping[str, object]) -> dict[str, str] | None:
    """Return the number of examples by split as an info states it; None where it does not."""
    splits = entries(info.get("splits"))
    if len(splits) == 1 and "name" not in mapping(splits[0]):
        splits = list(mapping(splits[0]).values())  # as a mapping by name
    stated = [mapping(split) for split in splits]
    found = {words(each.get("name")): words(each.get("num_examples")) for each in stated}
    return found if any(found.values()) else None


def _of_examples(stated: dict[str, str], report: Report) -> Iterator[str]:
    counts = report.dataset.splits or {"": report.dataset.n_items}
    if not report.dataset.splits and all(number.isdecimal() for number in stated.values()):
        stated = {"": str(sum(map(int, stated.values())))}
    usual = {split_name(name): (name, _grouped(number)) for name, number in stated.items()}
    for name, count in counts.items():
        called, said = usual.pop(split_name(name), (name, ""))
        if said != f"{count:,}":
            of = f" of split {called}" if called else ""
            yield f"dataset_info: {said or 'no number of'} examples{of}; the report has {count:,}"
    for name, said in usual.values():
        yield f"dataset_info: {said} examples of split {name}; the report has no such split"


def _grouped(number: str) -> str:
    return f"{int(number):,}" if number.isdecimal() else number


def _listed_splits(config: Mapping[str, object]) -> Names:
    files = [mapping(each) for each in entries(config.get("data_files"))]
    return [name for each in files if (name := words(each.get("split")))]


def _of_splits(listed: Names, report: Report) -> Iterator[str]:
    known = {split_name(name) for name in report.dataset.splits}
    usual = {split_name(name) for name in listed}
    if known and known != usual:
        yield (f"configs: the splits {some(sorted(usual))}; the report has {some(sorted(known))}")


def _class_names(features: object, depth: int = 0) -> Iterator[Names]:
    """Yield the names of the classes of each feature that has some, however deep they are."""
    if depth > MOST_DEEP:
        return
    for feature in entries(features):
        if isinstance(feature, dict):
            for key, inner in feature.items():
                if key == "class_label":
                    yield _names(mapping(inner).get("names"))
                else:
                    yield from _class_names(inner, depth + 1)


def _names(stated: object) -> Names:
    """Return the names of classes in a list, or by their number."""
    return [words(each) for each in (*mapping(stated).values(), *_of_list(stated))]


def _of_list(stated: object) -> list[object]:
    return stated if isinstance(stated, list) else []


def _of_classes(names: Names, report: Report) -> Iterator[str]:
    of_report = report.dataset.class_names
    shown = {name for name in of_report if not name.startswith(ONE_OF_FEW)}
    missing = sorted(shown - set(names))
    extra = sorted(set(names) - shown) if len(shown) == len(of_report) else []
    if missing:
        yield f"dataset_info: no {_classes(missing)} among its classes, as in the report"
    if extra:
        yield f"dataset_info: {_classes(extra)} among its classes; the report has no such class"
    if not missing and not extra and len(names) != len(of_report):
        yield (f"dataset_info: {counted(len(names), 'class')}; the report has {len(of_report):,}")


def _classes(names: Iterable[str]) -> str:
    return some(f"{name!r}" for name in names)


def _unless_one_agrees(said: list[list[str]]) -> list[str]:
    """Return what the first configuration says otherwise, unless another says nothing so."""
    if not said or not all(said):
        return []
    several = f" (nor does any other of {len(said):,} agree)" if len(said) > 1 else ""
    return [f"{each}{several}" for each in said[0]]
