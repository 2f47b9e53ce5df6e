"""What two reports say of their datasets and of themselves, side by side."""

from collections.abc import Iterator
from typing import Final

from labelaudit.limits import judged, overall
from labelaudit.release.diff.comparable import other_model
from labelaudit.release.diff.parts import Fact, Side
from labelaudit.render import text
from labelaudit.report import Privacy, Report, Scalar

KINDS: Final = {"multiclass": "one an item", "multilabel": "several", "regression": "a number"}


def side(report: Report, privacy: Privacy) -> Side:
    """Return what tells a report from another.

    Parameters
    ----------
    report
        The report, as it is compared.
    privacy
        Its level as it was given.
    """
    return Side(
        name=report.dataset.name,
        digest=report.dataset.digest,
        n_items=report.dataset.n_items,
        started=report.run.started,
        tool_version=report.tool_version,
        schema_version=report.schema_version,
        privacy=privacy,
        verdict=overall(judged(report)),
    )


def facts(old: Report, new: Report) -> tuple[Fact, ...]:
    """Return the facts of two reports, changed or not, those of the datasets first.

    Parameters
    ----------
    old, new
        The reports.
    """
    first, second = dict(_facts(old)), dict(_facts(new))
    titles = {name: title for found in (second, first) for name, (title, _) in found.items()}
    order = [*second, *(name for name in first if name not in second)]
    return tuple(
        Fact(
            name=name,
            title=titles[name],
            old=first[name][1] if name in first else None,
            new=second[name][1] if name in second else None,
        )
        for name in sorted(order, key=_place)
    )


def cautions(old: Report, new: Report) -> tuple[str, ...]:
    """Return what a reader must know before any number.

    Parameters
    ----------
    old, new
        The reports.
    """
    found = []
    if old.dataset.digest == new.dataset.digest:
        found.append("The data are the same: the digests of items, labels and splits are equal")
    if other := other_model(old, new):
        found.append(
            f"Numbers that depend on the embeddings are not comparable: {other}. "
            "Scan both with one model to compare them"
        )
    if old.dataset.task != new.dataset.task:
        kinds = [KINDS[report.dataset.task] for report in (old, new)]
        found.append(f"The labels are of another kind: {kinds[0]} an item, then {kinds[1]}")
    if old.tool_version != new.tool_version:
        found.append(
            f"Made by labelaudit {text.visible(old.tool_version)}, then "
            f"{text.visible(new.tool_version)}: a measure may be computed otherwise; scan both "
            "with one version to be sure"
        )
    if old.random_state != new.random_state:
        found.append(f"The seed of the draws was {old.random_state}, and is {new.random_state}")
    items = [report.dataset.n_items for report in (old, new)]
    if items[0] != items[1]:
        found.append(
            f"There were {text.counted(items[0], 'item')}, and are {items[1]:,}: counts grow with "
            "the items, and one that only grew with them is said to have moved"
        )
    if old.run.started > new.run.started:
        found.append("The report named first is the later one")
    return tuple(found)


def _facts(report: Report) -> Iterator[tuple[str, tuple[str, Scalar]]]:
    """Yield the name of each fact with its title and what it is."""
    dataset, embedding = report.dataset, report.embedding
    yield "name", ("Dataset", dataset.name)
    yield "digest", ("Digest", dataset.digest)
    yield "n_items", ("Items", dataset.n_items)
    yield "n_unlabelled", ("Unlabelled", dataset.n_unlabelled)
    yield "n_unreadable", ("Unreadable", dataset.n_unreadable)
    yield "n_ignored", ("Ignored files", sum(dataset.ignored.values()))
    yield "n_classes", ("Classes", len(dataset.class_names))
    for split, amount in sorted(dataset.splits.items()):
        yield f"split {split}", (f"In split {split}", amount)
    yield "task", ("Labels an item", KINDS[dataset.task])
    yield "modality", ("Items are", f"{dataset.modality}s")
    yield "format", ("Format", dataset.format)
    if embedding is not None:
        yield "model", ("Model", embedding.model)
        yield "model_sha256", ("SHA-256 of the model", embedding.model_sha256)
        yield "preprocessing", ("Preprocessing", embedding.preprocessing)
        yield "n_embedded", ("Items with an embedding", embedding.n_embedded)
    yield "random_state", ("Seed", report.random_state)
    yield "policy", ("Policy", report.policy.source or "none")
    yield "tool_version", ("labelaudit", report.tool_version)
    yield "schema_version", ("Version of the report", report.schema_version)
    yield "started", ("Scanned", report.run.started)


def _place(name: str) -> int:
    """Return where a fact stands: splits between the classes and the kind of the labels."""
    order = ("name", "digest", "n_items", "n_unlabelled", "n_unreadable", "n_ignored", "n_classes")
    later = ("task", "modality", "format", "model", "model_sha256", "preprocessing", "n_embedded")
    if name.startswith("split "):
        return len(order)
    if name in order:
        return order.index(name)
    return len(order) + 1 + (later.index(name) if name in later else len(later))
