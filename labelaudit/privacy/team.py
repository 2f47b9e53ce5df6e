"""A report for who may see the dataset's paths and labels, but none of its items."""

from dataclasses import replace

from labelaudit.report import Gallery, MeasureResult, Report, Sample

LEFT_OUT = "its words are left out, as they may quote an item"


def for_team(report: Report) -> Report:
    """Return a report without pictures and texts, and without words that may quote a text."""
    return replace(
        report,
        privacy="team",
        thumbnails={},
        measures=tuple(_result(result) for result in report.measures),
    )


def kind_of_error(reason: str) -> str:
    """Return the kind of an error without its words, which may quote anything."""
    kind = reason.partition(":")[0]
    return f"{kind if kind.isidentifier() else 'an error'}: {LEFT_OUT}"


def _result(result: MeasureResult) -> MeasureResult:
    reason = kind_of_error(result.reason) if result.status == "failed" else result.reason
    galleries = tuple(_gallery(gallery) for gallery in result.galleries)
    return replace(result, reason=reason, galleries=galleries)


def _gallery(gallery: Gallery) -> Gallery:
    return replace(gallery, samples=tuple(_sample(sample) for sample in gallery.samples))


def _sample(sample: Sample) -> Sample:
    neighbors = tuple(replace(neighbor, thumbnail=None) for neighbor in sample.neighbors)
    return replace(sample, thumbnail=None, excerpt=None, neighbors=neighbors)
