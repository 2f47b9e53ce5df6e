"""The seven modules of the first Dataset Nutrition Label, each with what stands for it here.

The modules are those of Holland et al. (2018), The Dataset Nutrition Label, table 1
(https://arxiv.org/abs/1805.03677).
"""

from dataclasses import dataclass
from typing import Final

from labelaudit.render.text import counted
from labelaudit.report import TOPICS, MeasureResult, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A section of the page that a module leads to, by the id of its element."""

    id: str
    title: str
    measured: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module.

    Attributes
    ----------
    name
        As the first label calls it.
    holds
        What stands for it on this page.
    places
        Where; a measure without a result is there too.
    status
        How much of it is known, in words.
    known
        Whether any of it is.
    """

    name: str
    holds: str
    places: tuple[Place, ...]
    status: str
    known: bool


FACTS: Final = Place(id="dataset", title="The dataset")
PAPERS: Final = Place(id="statements", title="What its papers state")
PROVENANCE: Final = Place(id="provenance", title="Provenance")
HOLDS: Final = {
    "Metadata": "Items, labels, classes, splits and format as counted; version, licence and uses "
    "as stated",
    "Provenance": "The digest of the items, and the model, versions and seed that the numbers "
    "come from; collection and creators as stated",
    "Variables": "Every class or target, and every metadata column that was named: how often it "
    "occurs, and what it goes with",
    "Statistics": "Counts, distributions and faults of labels and items",
    "Pair plots": "Two things at a time: given and suggested class, classes that occur together "
    "or overlap, a class and a property, two annotators, the items on a map",
    "Probabilistic model": "A model of the labels, not of the items: which class is given in "
    "place of which and how often, how well that was found where it was known, what the true "
    "class is by all annotators",
    "Ground truth correlations": "The labels held against people: against those who judged a "
    "drawn sample again, and against each other",
}
MEASURES: Final = {
    "Variables": (
        *("class_imbalance", "target_distribution", "multi_label", "spurious_correlation"),
    ),
    "Statistics": (
        *("class_imbalance", "target_distribution", "integrity", "image_faults"),
        *("near_duplicates", "outliers", "leakage", "label_shift", "target_shift"),
        *("label_sharpness", "intrinsic_dimension", "embedding_intrinsic_dimension"),
    ),
    "Pair plots": (
        *("label_noise", "multi_label", "single_label_assumption", "spurious_correlation"),
        *("annotator_pairs", "embedding_map"),
    ),
    "Probabilistic model": (
        *("label_noise", "multi_label_noise", "detector_skill", "annotator_consensus"),
    ),
    "Ground truth correlations": (
        *("audited_labels", "annotator_agreement", "annotator_quality", "consensus_risk"),
    ),
}


def modules_of(report: Report) -> tuple[Module, ...]:
    """Return the seven modules in the order of the first label."""
    n_stated = len({statement.topic for statement in report.dataset.statements} & set(TOPICS))
    scanned = "recorded by the scan" + ("" if report.embedding else "; no model was used")
    return (
        _written("Metadata", f"counted; {n_stated} of {len(TOPICS)} topics stated", FACTS),
        _written("Provenance", scanned, PROVENANCE),
        *(_module(report, name) for name in MEASURES),
    )


def _written(name: str, status: str, place: Place) -> Module:
    """Return a module of what is written down, not measured."""
    return Module(name=name, holds=HOLDS[name], places=(place, PAPERS), status=status, known=True)


def _module(report: Report, name: str) -> Module:
    found = (report.measure(each) for each in MEASURES[name])
    results = [result for result in found if result is not None]
    measured = [result for result in results if result.status == "measured"]
    return Module(
        name=name,
        holds=HOLDS[name],
        places=tuple(
            Place(id=result.name, title=result.title, measured=result.status == "measured")
            for result in sorted(results, key=lambda result: result.status != "measured")
        ),
        status=_status(measured, results),
        known=bool(measured),
    )


def _status(measured: list[MeasureResult], results: list[MeasureResult]) -> str:
    """Return how many measures have a result, or why none has."""
    if not results:
        return "not measured: no such measure was run"
    if measured:
        return f"{len(measured)} of {counted(len(results), 'measure')} with a result"
    reasons = dict.fromkeys(result.reason for result in results if result.reason)
    return f"not measured: {'; '.join(reasons) or 'no reason was given'}"
