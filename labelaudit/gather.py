"""From what was read and found to the parts of a report, and to one row an item."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, digest
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.again import image_again
from labelaudit.embeddings.images.thumbnails import SIDE, thumbnail
from labelaudit.measures import Ranking
from labelaudit.progress import Progress
from labelaudit.report import DatasetFacts, EmbeddingFacts, Gallery, Sample

N_THUMBNAILS = 48
EXCERPT = 240  # characters of a text


def gallery_of(ranking: Ranking, dataset: Dataset, content: Content | None) -> Gallery:
    """Return a ranking's items with their paths and labels, and how they look or begin.

    The first images have thumbnails; every text has an excerpt.
    """
    samples = []
    for at, item in enumerate(int(item) for item in ranking.items):
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
                excerpt=_excerpt(dataset, item),
            )
        )
    total = ranking.total or len(samples)
    return Gallery(
        name=ranking.name,
        title=ranking.title,
        samples=tuple(samples),
        omitted=total - len(samples),
    )


def _has_picture(dataset: Dataset, content: Content | None, item: int) -> bool:
    return dataset.modality == "image" and content is not None and bool(content.readable[item])


def _excerpt(dataset: Dataset, item: int) -> str | None:
    """Return how a text begins, its white space as single spaces; None when there is none."""
    text = dataset.text(item)
    if text is None or not text.strip():
        return None
    words = " ".join(text[: 4 * EXCERPT].split())
    cut = len(words) > EXCERPT or len(text) > 4 * EXCERPT
    return words[:EXCERPT].rstrip() + "…" * cut


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


def item_table(dataset: Dataset, columns: Mapping[str, NDArray[np.generic]]) -> pa.Table:
    """Return one row an item: path, split, label, and what the measures say of it."""
    split = np.array([None, *dataset.split_names], dtype=object)[dataset.splits + 1]
    names = np.array([None, *dataset.class_names], dtype=object)
    if dataset.label_states is None:
        label = pa.array(names[dataset.labels + 1], type=pa.string())
    else:
        texts = [dataset.label_text(item) for item in range(dataset.n_samples)]
        label = pa.array(texts, type=pa.list_(pa.string()))
    table = {
        "path": dataset.paths,
        "split": pa.array(split, type=pa.string()),
        "given_label": label,
    }
    if dataset.modality == "text":
        excerpts = [_excerpt(dataset, item) for item in range(dataset.n_samples)]
        table["excerpt"] = pa.array(excerpts, type=pa.string())
    for name, values in columns.items():
        if name == "suggested_label":
            table[name] = pa.array(names[values.astype(np.int64) + 1], type=pa.string())
        else:
            table[name] = pa.array(values, from_pandas=True)
    return pa.table(table)
