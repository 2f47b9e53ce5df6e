"""The evidence against a label: what the views, the neighbors and the copies of an item say."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.inputs.label_judgement import POSSIBLE, Judgement
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs, vote_strengths
from labelaudit.statistics.groups import groups_of

N_WITNESSES = 5
SURE = 0.99
EVEN = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Witnesses:
    """What the labels of the nearest neighbors say of some items.

    Attributes
    ----------
    voters, for_given, for_suggested
        Neighbors that vote, and how many of them have the given and the suggested class.
    outvoted
        Whether they prefer the suggested class, by the strength of their votes.
    nearest
        The nearest of them, ``-1`` where there are fewer, shape ``(n, 6)``.
    """

    voters: NDArray[np.int64]
    for_given: NDArray[np.int64]
    for_suggested: NDArray[np.int64]
    outvoted: NDArray[np.bool_]
    nearest: NDArray[np.int32]


def hear_neighbors(
    items: NDArray[np.int64],
    labels: NDArray[np.int32],
    suggested: NDArray[np.int32],
    neighbors: Neighbors,
    copies: NDArray[np.int64],
) -> Witnesses:
    """Return what the neighbors of some items say; copies of an item have no vote on it.

    Parameters
    ----------
    items
        Rows of the dataset.
    labels, suggested
        Given and suggested class of every item of the dataset.
    neighbors
        Nearest neighbors of every item.
    copies
        A number an item that items of equal embedding share.
    """
    n, width = len(items), min(N_WITNESSES, neighbors.indices.shape[1])
    voters, for_given, for_suggested = (np.zeros(n, dtype=np.int64) for _ in range(3))
    outvoted = np.zeros(n, dtype=bool)
    nearest = np.full((n, width), -1, dtype=np.int32)
    for block in row_blocks(n):
        rows = items[block]
        around, strength = vote_strengths(neighbors, copies, labels, rows)
        votes = strength > 0
        given = votes & (labels[around] == labels[rows, None])
        other = votes & (labels[around] == suggested[rows, None])
        voters[block] = votes.sum(axis=1)
        for_given[block], for_suggested[block] = given.sum(axis=1), other.sum(axis=1)
        outvoted[block] = (strength * other).sum(axis=1) > (strength * given).sum(axis=1)
        first = np.argsort(~votes, axis=1, kind="stable")[:, :width]
        named = np.take_along_axis(votes, first, axis=1)
        nearest[block] = np.where(named, np.take_along_axis(around, first, axis=1), -1)
    return Witnesses(
        voters=voters,
        for_given=for_given,
        for_suggested=for_suggested,
        outvoted=outvoted,
        nearest=nearest,
    )


def contradicted(labels: NDArray[np.int32], copies: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of each item whether an item of equal file has another label."""
    groups = groups_of(copies)
    return groups.only(groups.disagree(labels)).marked(len(labels))


def proven_wrong(labels: NDArray[np.int32], copies: NDArray[np.int64]) -> int:
    """Count the labels that must be wrong: in each group of copies, all but the commonest.

    Examples
    --------
    >>> proven_wrong(np.array([0, 0, 1, 2, -1]), np.array([7, 7, 7, 8, 8]))
    1
    """
    known = (labels >= 0) & (copies >= 0)
    if not known.any():
        return 0
    pairs = np.stack([copies[known], labels[known]])
    (groups, _), counts = np.unique(pairs, axis=1, return_counts=True)
    starts = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
    return int(counts.sum() - np.maximum.reduceat(counts, starts).sum())


def view_columns(
    items: NDArray[np.int64], labels: NDArray[np.int32], judgement: Judgement, probs: PredProbs
) -> dict[str, NDArray[np.generic]]:
    """Return what each view that makes up the probabilities says of the two classes."""
    columns: dict[str, NDArray[np.generic]] = {}
    for name, view in probs.views.items():
        given = np.empty(len(items), dtype=np.float32)
        other = np.empty(len(items), dtype=np.float32)
        for block in row_blocks(len(items)):
            rows = items[block]
            logs = view(rows)
            at = np.arange(len(rows))
            given[block] = np.exp(logs[at, labels[rows]])
            other[block] = np.exp(logs[at, judgement.suggested[rows]])
        columns[f"p_given, {name}"] = given
        columns[f"p_suggested, {name}"] = other
    return columns


def sentences(
    items: NDArray[np.int64],
    labels: NDArray[np.int32],
    judgement: Judgement,
    class_names: tuple[str, ...],
    witnesses: Witnesses | None,
    conflicting: NDArray[np.bool_] | None,
    views: Mapping[str, NDArray[np.generic]],
) -> tuple[str, ...]:
    """Say of each item, in a sentence or two, what speaks against its label and how sure it is."""
    names = [name.removeprefix("p_given, ") for name in views if name.startswith("p_given")]
    if witnesses is not None:
        names = [name for name in names if name != "neighbors"]
    said, tells_errors = [], judgement.tells_errors
    for at, item in enumerate(items.tolist()):
        given, other = class_names[labels[item]], class_names[judgement.suggested[item]]
        probs = {
            name: (views[f"p_suggested, {name}"][at], views[f"p_given, {name}"][at])
            for name in names
        } or {
            "probabilities": (
                judgement.suggestion_confidence[item],
                judgement.self_confidence[item],
            )
        }
        parts = [_doubt(judgement, item, tells_errors=tells_errors)]
        parts += [
            f"{name.capitalize()}: {other} {chance(for_it)}, {given} {chance(own)}"
            for name, (for_it, own) in probs.items()
        ]
        if witnesses is not None:
            parts.append(
                f"Of {witnesses.voters[at]} neighbors {witnesses.for_suggested[at]} are {other}, "
                f"{witnesses.for_given[at]} {given}"
            )
        if conflicting is not None and conflicting[item]:
            parts.append("An equal file has another label")
        said.append(". ".join(parts))
    return tuple(said)


def _doubt(judgement: Judgement, item: int, *, tells_errors: bool) -> str:
    """Say how sure it is that a suspected label is wrong."""
    if not tells_errors:
        return "Contradicted, by a model too weak on these labels to say how likely it is wrong"
    if judgement.margin[item] >= 0:
        return "Not contradicted, but flagged by the label filter that was chosen"
    probability = judgement.error_probability[item]
    how_likely = f"P {chance(probability, '= ')}"
    if probability >= EVEN:
        return f"Likely wrong ({how_likely})"
    if probability > POSSIBLE:
        return f"Possibly wrong ({how_likely})"
    return f"Contradicted, though errors like this are rare here ({how_likely})"


def chance(probability: np.floating, equals: str = "") -> str:
    """Return a probability as it is said: with two digits, and never 0 or 1."""
    if probability > SURE:
        return f"> {SURE}"
    if probability < 1 - SURE:
        return f"< {1 - SURE:.2f}"
    return f"{equals}{probability:.2f}"
