"""The numbers of classes and splits are where the measures put them."""

import shutil
from pathlib import Path

import pytest

from labelaudit.manifests import Options, open_dataset
from labelaudit.parts import PLACES, Kind, parts_of
from labelaudit.report import Report
from labelaudit.scan import ScanOptions, scan

OF_AUDIT = {"audited_labels"}
OF_MULTI_LABEL = {"multi_label", "multi_label_noise", "multi_label_splits"}
MEASURES = frozenset(
    {
        *("label_noise", "class_imbalance", "embedding_label_sharpness", "label_sharpness"),
        *("single_label_assumption", "multi_label", "multi_label_noise", "multi_label_splits"),
    }
)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Return reports of the sample: with one label an item, and with several."""
    data = Path(__file__).parents[1] / "sample_data"
    cache, split = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("split")
    shutil.copytree(data / "images", split / "images")
    head, *rows = (data / "multi_label.csv").read_text().splitlines()
    lines = [f"{head},split", *(f"{row},{'ab'[at % 2]}" for at, row in enumerate(rows))]
    (split / "manifest.csv").write_text("\n".join(lines))
    several = Options(label_separator="|")
    options = ScanOptions(measures=MEASURES, cache=cache, allow_unreadable=True)
    return {
        "multiclass": scan(open_dataset(data), options).report,
        "multilabel": scan(open_dataset(split / "manifest.csv", several), options).report,
    }


CASES = [
    (kind, measure, value)
    for kind, measures in PLACES.items()
    for measure, values in measures.items()
    if measure not in OF_AUDIT
    for value in values
]


@pytest.mark.parametrize(("kind", "measure", "value"), CASES)
def test_a_real_report_has_the_table_that_is_looked_for(
    reports: dict[str, Report], kind: Kind, measure: str, value: str
) -> None:
    report = reports["multilabel" if measure in OF_MULTI_LABEL else "multiclass"]
    found = parts_of(report, measure, value, kind)
    assert found is not None
    names = {part.name for part in found.listed}
    dataset = report.dataset
    assert names == (set(dataset.class_names) if kind == "class" else set(dataset.splits))
    assert any(part.found is not None for part in found.listed)


@pytest.mark.parametrize("value", ["suspected_errors_count", "likely_errors_count"])
@pytest.mark.parametrize("kind", ["class", "split"])
def test_counts_of_the_parts_add_up_to_that_of_the_whole(
    reports: dict[str, Report], kind: Kind, value: str
) -> None:
    report = reports["multiclass"]
    parts, whole = parts_of(report, "label_noise", value, kind), report.value("label_noise", value)
    assert parts is not None
    assert whole is not None
    numbers = [part.found.value for part in parts.listed if part.found is not None]
    assert sum(filter(None, numbers)) == whole.value
    assert {part.found.unit for part in parts.listed if part.found is not None} == {whole.unit}


def test_a_measure_without_a_result_has_no_parts(reports: dict[str, Report]) -> None:
    assert parts_of(reports["multilabel"], "label_noise", "suspected_errors_count", "class") is None
    assert parts_of(reports["multiclass"], "integrity", "missing_count", "class") is None
