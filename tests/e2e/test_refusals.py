"""What a poor dataset does not tell is said so: in the JSON, and on the page."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from markupsafe import escape
from numpy.typing import NDArray
from PIL import Image

from labelaudit.manifests import Options, open_dataset
from labelaudit.measures import Findings, load_measures, measure
from labelaudit.render.html import to_html
from labelaudit.render.json import to_json
from labelaudit.render.text import visible
from labelaudit.report import Report, Value
from labelaudit.scan import ScanOptions, scan

N = 300
RNG = np.random.default_rng(0)
THREE = np.array(["ant", "bee", "cow"])[np.arange(N) % 3]
APART = RNG.normal(size=(N, 8)) + 3 * np.eye(3, 8)[np.arange(N) % 3]
SPLITS = np.where(np.arange(N) % 5 == 0, "test", "train")


@dataclass(frozen=True)
class Poor:
    """Columns of a manifest, vectors of its items, and which measures must refuse them, and why."""

    columns: Mapping[str, NDArray[np.str_]]
    refusals: Mapping[str, str]
    vectors: NDArray[np.float64] = field(default_factory=lambda: APART)
    n_items: int = N
    target_column: str = ""


NO_LABEL = dict.fromkeys(
    (
        "label_noise",
        "detector_skill",
        "class_imbalance",
        "label_sharpness",
        "embedding_label_sharpness",
        "label_shift",
        "single_label_assumption",
        "spurious_correlation",
        "worst_slices",
    ),
    "no item of this dataset has a label",
)
CASES = {
    "one class": Poor(
        {"label": np.full(N, "ant"), "split": SPLITS},
        {"label_sharpness": "all of one class", "embedding_label_sharpness": "all of one class"},
    ),
    "an empty label column": Poor({"label": np.full(N, ""), "split": SPLITS}, NO_LABEL),
    "two annotators without overlap": Poor(
        {
            "label": THREE,
            "annotator_1": np.where(np.arange(N) % 2 == 0, THREE, ""),
            "annotator_2": np.where(np.arange(N) % 2 == 1, THREE, ""),
        },
        {
            "annotator_agreement": "the 2 annotators judged 300 items, none of which they share",
            "annotator_pairs": "no two of the 2 annotators judged the same item",
            **dict.fromkeys(
                ("annotator_consensus", "annotator_quality", "consensus_risk"),
                "0 items have two or more judgements",
            ),
        },
    ),
    "fewer than 200 items": Poor(
        {"label": THREE, "split": SPLITS},
        {
            "intrinsic_dimension": "150 different images are too few",
            "embedding_intrinsic_dimension": "150 different embeddings are too few",
            "covariate_shift": "150, and 200 are needed",
        },
        n_items=150,
    ),
    "a constant target": Poor(
        {"target": np.full(N, "7.5"), "split": SPLITS},
        {
            "target_distribution": ".",
            "label_sharpness": "labelled equally",
            "label_noise": "the labels of this dataset are numbers",
        },
        target_column="target",
    ),
    "targets that stand for nothing": Poor(
        {"target": np.array([*np.arange(N - 2).astype(str), "1.7e308", "-1.7e308"])},
        dict.fromkeys(
            ("label_sharpness", "embedding_label_sharpness"), "too far apart to be compared"
        ),
        target_column="target",
    ),
    "targets below all precision": Poor(
        {"target": np.where(np.arange(N) % 2 == 0, "0", "5e-324"), "split": SPLITS},
        {
            "target_distribution": "too close to be binned",
            **dict.fromkeys(("label_sharpness", "embedding_label_sharpness"), "too close"),
        },
        target_column="target",
    ),
    "embeddings below all precision": Poor(
        {"label": THREE},
        {"embedding_intrinsic_dimension": "differ by less than single precision tells"},
        APART * np.where(np.arange(N) < 250, 1, 1e-30)[:, None],
    ),
    "embeddings that are equal but for the sign of a zero": Poor(
        {"label": THREE},
        {
            "embedding_label_sharpness": "all 300 vectors are equal",
            "embedding_intrinsic_dimension": "all 300 embeddings are equal",
        },
        np.where(np.arange(N) % 2 == 0, 0.0, -0.0)[:, None] * np.ones(8),
    ),
    "identical embeddings": Poor(
        {"label": THREE, "split": SPLITS},
        {
            "outliers": "no item has a neighbor that is no copy of it",
            "label_noise": "no more than by chance",
            "detector_skill": "no more than by chance",
            "embedding_label_sharpness": "all 300 vectors are equal",
            "embedding_intrinsic_dimension": "all 300 embeddings are equal",
            "covariate_shift": "no two splits have 15 different items",
        },
        np.ones((N, 8)),
    ),
}


def scanned(poor: Poor, folder: Path) -> Report:
    """Scan a table of small images with vectors of their own."""
    rows = slice(None, poor.n_items)
    columns = {name: values[rows] for name, values in poor.columns.items()}
    for at in range(poor.n_items):
        stream = io.BytesIO()
        pixels = np.random.default_rng(at).integers(0, 256, (12, 12, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(stream, format="PNG")
        (folder / f"{at:03}.png").write_bytes(stream.getvalue())
    lines = [",".join(["path", *columns])]
    lines += [
        ",".join([f"{at:03}.png", *(str(values[at]) for values in columns.values())])
        for at in range(poor.n_items)
    ]
    (folder / "items.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    np.save(folder / "vectors.npy", poor.vectors[rows].astype(np.float32))
    dataset = open_dataset(folder / "items.csv", Options(target_column=poor.target_column))
    return scan(dataset, ScanOptions(embeddings=folder / "vectors.npy")).report


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_measured_says_why(case: str, tmp_path: Path) -> None:
    report = scanned(CASES[case], tmp_path)
    assert [result.reason for result in report.measures if result.status == "failed"] == []
    loaded = {result["name"]: result for result in json.loads(to_json(report))["measures"]}
    page = to_html(report)
    for name, why in CASES[case].refusals.items():
        assert loaded[name]["status"] == "not_measured", name
        assert why in loaded[name]["reason"], loaded[name]
    for result in report.measures:
        if result.status == "not_measured":
            assert len(result.reason.split()) > 3, result
            assert f"Not measured:</strong> {escape(visible(result.reason))}" in page


def test_a_number_that_no_report_can_hold_fails_its_measure_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @measure(family="integrity", title="Odd")
    def odd(class_names: tuple[str, ...]) -> Findings:
        """Return no number."""
        return Findings(values=(Value(name="odd", title="Odd", value=len(class_names) * np.nan),))

    known = load_measures()
    monkeypatch.setattr("labelaudit.scan.load_measures", lambda: {**known, "odd": odd})
    report = scanned(CASES["one class"], tmp_path)
    failed = [(each.name, each.reason) for each in report.measures if each.status == "failed"]
    assert failed == [("odd", "ValueError: odd holds a number that is not finite")]
    assert "odd holds a number that is not finite" in to_json(report)
