"""From what the measures ranked to galleries: labels, evidence, excerpts and small pictures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby, zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.again import image_again
from labelaudit.embeddings.images.thumbnails import SIDE, thumbnail
from labelaudit.item_tables import excerpt
from labelaudit.measures import Ranking
from labelaudit.progress import Progress
from labelaudit.report import Gallery, MeasureResult, Neighbor, Sample
from labelaudit.tabulate import plain

N_THUMBNAILS: Final = 48  # samples of a gallery that may have a picture
N_SHOWN: Final = 200
N_WITNESSED: Final = 24  # samples that are shown with their neighbors
MOST_PICTURES: Final = 200  # of all galleries together, neighbors among them
MOST_CHARACTERS: Final = 630_000  # of their base64, as often as it is printed


def gallery_of(ranking: Ranking, dataset: Dataset, content: Content | None) -> Gallery:
    """Return a ranking's items with their paths and labels, and how they look or begin.

    The first images have the key of a thumbnail; every text has an excerpt.
    """
    samples = []
    for at, item in enumerate(ranking.items[:N_SHOWN].tolist()):
        suggested = -1 if ranking.suggested is None else int(ranking.suggested[at])
        samples.append(
            Sample(
                path=dataset.paths[item].as_py(),
                decoded_sha256=_decoded(content, item),
                split=dataset.split(item),
                given_label=_label(dataset, item),
                suggested_label=None if suggested < 0 else dataset.class_names[suggested],
                score=None if ranking.scores is None else float(ranking.scores[at]),
                detail=ranking.details[at] if ranking.details else "",
                group=None if ranking.groups is None else int(ranking.groups[at]),
                thumbnail=_key(dataset, content, item) if at < N_THUMBNAILS else None,
                excerpt=excerpt(dataset, item),
                evidence={name: plain(values[at]) for name, values in ranking.evidence.items()},
                neighbors=_neighbors(ranking, at, dataset, content),
            )
        )
    return Gallery(
        name=ranking.name,
        title=ranking.title,
        samples=tuple(samples),
        omitted=len(ranking.items) - len(samples),
    )


def in_turns(rankings: Iterable[Ranking]) -> Iterator[NDArray[np.int64]]:
    """Return what is shown together, a sample or group of each ranking in turn.

    With a sample come the neighbors that it is shown beside. The rankings come in the order of
    the report, so that label noise is first in each turn.
    """
    for turn in zip_longest(*map(_shown_together, rankings)):
        yield from (items for items in turn if items is not None)


def thumbnails_of(
    dataset: Dataset,
    content: Content | None,
    shown: Iterable[NDArray[np.int64]],
    progress: Progress,
) -> Mapping[str, str]:
    """Return small copies of images, by the start of their content hash.

    Parameters
    ----------
    dataset, content
        The items, and which of them are images that can be read.
    shown
        Rows that are shown together, the most important first. Those of which one more picture
        would be too many, or too much for a page, are left without.
    progress
        Told of each picture.
    """
    made: dict[str, str] = {}
    printed = 0
    if content is None or dataset.media is None or dataset.modality != "image":
        return made
    turns = [[(_key(dataset, content, item), item) for item in each.tolist()] for each in shown]
    times = Counter(key for turn in turns for key, _ in turn)  # once drawn, it is shown in each
    for turn in turns:
        wanted = {key: item for key, item in turn if key is not None and key not in made}
        if len(made) + len(wanted) > MOST_PICTURES:
            continue
        drawn = {
            key: thumbnail(image_again(dataset, item, content.digests[item], at_least=SIDE))
            for key, item in wanted.items()
        }
        printed += sum(times[key] * len(picture) for key, picture in drawn.items())
        if printed > MOST_CHARACTERS:
            break
        made |= drawn
        progress("drawing thumbnails", len(made), MOST_PICTURES)
    return dict(sorted(made.items()))


def with_drawn(result: MeasureResult, thumbnails: Mapping[str, str]) -> MeasureResult:
    """Return a result whose samples name no thumbnail that was not drawn."""

    def drawn(key: str | None) -> str | None:
        return key if key in thumbnails else None

    galleries = []
    for gallery in result.galleries:
        samples = [
            replace(
                sample,
                thumbnail=drawn(sample.thumbnail),
                neighbors=tuple(
                    replace(near, thumbnail=drawn(near.thumbnail)) for near in sample.neighbors
                ),
            )
            for sample in gallery.samples
        ]
        galleries.append(replace(gallery, samples=tuple(samples)))
    return replace(result, galleries=tuple(galleries))


def _shown_together(ranking: Ranking) -> Iterator[NDArray[np.int64]]:
    """Return the items of a group, or an item and its neighbors, in the order of a ranking."""
    items = ranking.items[:N_THUMBNAILS]
    if ranking.groups is not None:
        of = ranking.groups
        for _, run in groupby(range(len(items)), key=lambda at: int(of[at])):
            yield items[list(run)]
        return
    for at, item in enumerate(items):
        beside = np.empty(0, dtype=np.int64)
        if ranking.neighbors is not None and at < N_WITNESSED:
            beside = ranking.neighbors[at].astype(np.int64)
        yield np.append(item, beside[beside >= 0])


def _neighbors(
    ranking: Ranking, at: int, dataset: Dataset, content: Content | None
) -> tuple[Neighbor, ...]:
    if ranking.neighbors is None or at >= N_WITNESSED:
        return ()
    return tuple(
        Neighbor(
            path=dataset.paths[item].as_py(),
            given_label=_label(dataset, item),
            thumbnail=_key(dataset, content, item),
        )
        for item in ranking.neighbors[at].tolist()
        if item >= 0
    )


def _label(dataset: Dataset, item: int) -> str | None:
    label = dataset.label_text(item)
    return ", ".join(label) if isinstance(label, list) else label


def _decoded(content: Content | None, item: int) -> str | None:
    if content is None or content.decoded is None:
        return None
    return bytes(content.decoded[item]).hex()


def _key(dataset: Dataset, content: Content | None, item: int) -> str | None:
    """Return what an item's picture goes by; None where it has none."""
    if dataset.modality != "image" or content is None or not content.readable[item]:
        return None
    return content.digests[item, :8].tobytes().hex()
