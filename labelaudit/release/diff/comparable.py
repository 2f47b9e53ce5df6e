"""Which numbers of two reports cannot be compared, as another model or other settings made them."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from labelaudit.render import text
from labelaudit.report import EmbeddingFacts, MeasureResult, Report

# Measures that no embedding goes into: any other is taken for one that depends on the model, so
# that a measure which nobody listed here is never compared between models.
MODEL_FREE: Final = frozenset(
    {
        "annotator_agreement",
        "annotator_pairs",
        "audited_labels",
        "class_imbalance",
        "image_faults",
        "integrity",
        "label_sharpness",
        "multi_label",
        "multi_label_splits",
        "spurious_correlation",
        "target_distribution",
        "target_shift",
    }
)
# Their numbers that do depend on it, by measure.
OF_MODEL: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {"multi_label": frozenset({"tcs"})}
)
# Parameters that come out of the data, and are no settings.
FOUND: Final = frozenset(
    {
        "anchors",
        "cell_side",
        "channel_sharpness",
        "clusters",
        "columns",
        "draws",
        "duplicates_removed",
        "equal_lengths",
        "iterations",
        "items",
        "labelled",
        "min_judgements_accuracy",
        "min_judgements_rated",
        "n_judged",
        "n_labels_judged",
        "n_off_diagonal",
        "pairs",
        "pairs_too_small",
        "points",
        "pool",
        "refitted",
        "reviewers",
        "rows",
        "samples",
        "verdicts",
    }
)
FOUND_IN: Final = frozenset({("outliers", "fence"), ("embedding_label_sharpness", "draw_size")})
DIGITS: Final = re.compile(r"[\d.,]+")


def other_model(old: Report, new: Report) -> str:
    """Return why numbers that embeddings go into cannot be compared; empty where they can."""
    first, second = old.embedding, new.embedding
    if first is None and second is None:
        return ""
    if first is None or second is None:
        return "only one of the two has embeddings"
    if first.model_sha256 == second.model_sha256 and _settings(first) == _settings(second):
        return ""
    names = [text.visible(facts.model) for facts in (first, second)]
    if first.model_sha256 == second.model_sha256:
        return f"other preprocessing for the model {names[0]}"
    if names[0] == names[1]:
        return f"another model or file of the name {names[0]}"
    return f"another model: {names[0]}, then {names[1]}"


def unlike(old: MeasureResult, new: MeasureResult, other: str) -> str:
    """Return why two results of a measure cannot be compared; empty where they can.

    Parameters
    ----------
    old, new
        The results.
    other
        What `other_model` says of the reports.
    """
    if other and old.name not in MODEL_FREE:
        return other
    settings = (old.parameters.keys() & new.parameters.keys()) - FOUND
    differing = [
        name
        for name in sorted(settings)
        if (old.name, name) not in FOUND_IN
        and _setting(old.parameters[name]) != _setting(new.parameters[name])
    ]
    if not differing:
        return ""
    said = [
        f"{text.heading(name)} {text.number(old.parameters[name])}, then "
        f"{text.number(new.parameters[name])}"
        for name in differing
    ]
    return f"other settings: {'; '.join(said)}"


def of_model(measure: str, value: str) -> bool:
    """Tell whether a number depends on the model though the rest of its measure does not."""
    return value in OF_MODEL.get(measure, ())


def _settings(facts: EmbeddingFacts) -> tuple[str, int]:
    return facts.preprocessing, facts.n_features


def _setting(found: object) -> object:
    """Return a setting without the numbers that its words print, which are of the data."""
    return DIGITS.sub("#", found) if isinstance(found, str) else found
