"""From what was read and found to the parts of a report."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, digest
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.again import image_again
from labelaudit.embeddings.images.thumbnails import SIDE, thumbnail
from labelaudit.item_tables import excerpt
from labelaudit.measures import Ranking
from labelaudit.progress import Progress
from labelaudit.report import DatasetFacts, EmbeddingFacts, Gallery, Neighbor, Sample
from labelaudit.tabulate import plain

N_THUMBNAILS = 48
N_SHOWN = 200
N_WITNESSED = 24  # samples that are shown with their neighbors


def gallery_of(ranking: Ranking, dataset: Dataset, content: Content | None) -> Gallery:
    """Return a ranking's items with their paths and labels, and how they look or begin.

    The first images have thumbnails; every text has an excerpt.
    """
    samples = []
    for at, item in enumerate(ranking.items[:N_SHOWN].tolist()):
        suggested = -1 if ranking.suggested is None else int(ranking.suggested[at])
        pictured = _has_picture(dataset, content, item) and at < N_THUMBNAILS
        samples.append(
            Sample(
                path=dataset.paths[item].as_py(),
                split=dataset.split(item),
                given_label=_label(dataset, item),
                suggested_label=None if suggested < 0 else dataset.class_names[suggested],
                score=None if ranking.scores is None else float(ranking.scores[at]),
                detail=ranking.details[at] if ranking.details else "",
                group=None if ranking.groups is None else int(ranking.groups[at]),
                thumbnail=_key(content, item) if content is not None and pictured else None,
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


def pictured_items(ranking: Ranking) -> NDArray[np.int64]:
    """Return the items of a ranking that are shown as pictures, and the neighbors shown by them."""
    shown = [ranking.items[:N_THUMBNAILS]]
    if ranking.neighbors is not None:
        beside = ranking.neighbors[:N_WITNESSED].ravel().astype(np.int64)
        shown.append(beside[beside >= 0])
    return np.concatenate(shown)


def _neighbors(
    ranking: Ranking, at: int, dataset: Dataset, content: Content | None
) -> tuple[Neighbor, ...]:
    if ranking.neighbors is None or at >= N_WITNESSED:
        return ()
    return tuple(
        Neighbor(
            path=dataset.paths[item].as_py(),
            given_label=_label(dataset, item),
            thumbnail=_key(content, item)
            if content is not None and _has_picture(dataset, content, item)
            else None,
        )
        for item in ranking.neighbors[at].tolist()
        if item >= 0
    )


def _has_picture(dataset: Dataset, content: Content | None, item: int) -> bool:
    return dataset.modality == "image" and content is not None and bool(content.readable[item])


def _label(dataset: Dataset, item: int) -> str | None:
    label = dataset.label_text(item)
    return ", ".join(label) if isinstance(label, list) else label


def _key(content: Content, item: int) -> str:
    return content.digests[item, :8].tobytes().hex()


def thumbnails_of(
    dataset: Dataset,
    content: Content | None,
    gallery_items: Iterable[NDArray[np.int64]],
    progress: Progress,
) -> Mapping[str, str]:
    """Return small copies of the images in the galleries, by the start of their content hash."""
    if content is None or dataset.media is None or dataset.modality != "image":
        return {}
    wanted = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *gallery_items]))
    wanted = wanted[content.readable[wanted]]
    made = {}
    for done, item in enumerate(int(item) for item in wanted):
        image = image_again(dataset, item, content.digests[item], at_least=SIDE)
        made[_key(content, item)] = thumbnail(image)
        progress("drawing thumbnails", done + 1, len(wanted))
    return dict(sorted(made.items()))


def dataset_facts(dataset: Dataset, content: Content | None) -> DatasetFacts:
    """Return what is said of the dataset itself."""
    none = np.zeros((dataset.n_samples, 32), dtype=np.uint8)
    counts = np.bincount(dataset.splits + 1, minlength=len(dataset.split_names) + 1).tolist()
    return DatasetFacts(
        name=dataset.name,
        digest=digest(dataset, none if content is None else content.digests),
        format=dataset.source.format,
        why=dataset.source.why,
        manifest=dataset.source.manifest,
        task=dataset.task,
        modality=dataset.modality,
        class_names=dataset.class_names,
        n_found=dataset.source.found,
        n_items=dataset.n_samples,
        n_unlabelled=int((~dataset.labelled).sum()),
        n_unreadable=None if content is None else int((~content.readable).sum()),
        ignored=dict(dataset.source.ignored),
        splits=dict(zip(dataset.split_names, counts[1:], strict=True)),
    )


def embedding_facts(embeddings: Embeddings | None) -> EmbeddingFacts | None:
    """Return what the numbers from embeddings are conditional on."""
    if embeddings is None:
        return None
    return EmbeddingFacts(
        model=embeddings.model,
        model_sha256=embeddings.model_sha256,
        preprocessing=embeddings.preprocessing,
        n_features=embeddings.vectors.shape[1],
        n_embedded=int(embeddings.present.sum()),
    )
