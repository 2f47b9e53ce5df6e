"""From what was read and found to the parts of a report."""

import numpy as np

from labelaudit.dataset import Dataset, digest
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.report import DatasetFacts, EmbeddingFacts
from labelaudit.statements import read_papers


def dataset_facts(dataset: Dataset, content: Content | None) -> DatasetFacts:
    """Return what is said of the dataset itself."""
    none = np.zeros((dataset.n_samples, 32), dtype=np.uint8)
    counts = np.bincount(dataset.splits + 1, minlength=len(dataset.split_names) + 1).tolist()
    papers = read_papers(dataset.path)
    return DatasetFacts(
        name=dataset.name,
        digest=digest(dataset, none if content is None else content.digests),
        format=dataset.source.format,
        why=dataset.source.why,
        manifest=dataset.source.manifest,
        options=dataset.source.options,
        task=dataset.task,
        modality=dataset.modality,
        class_names=dataset.class_names,
        n_found=dataset.source.found,
        n_items=dataset.n_samples,
        n_unlabelled=int((~dataset.labelled).sum()),
        n_unreadable=None if content is None else int((~content.readable).sum()),
        ignored=dict(dataset.source.ignored),
        splits=dict(zip(dataset.split_names, counts[1:], strict=True)),
        statements=papers.statements,
        unread_papers=papers.unread,
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
