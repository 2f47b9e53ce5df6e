"""A table of sentences scanned end to end: planted faults are found, hostile texts stay texts."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tiny_models import write_model
from tiny_text import write_text_model

from labelaudit.errors import LabelauditError
from labelaudit.manifests import open_dataset
from labelaudit.render.html import to_html
from labelaudit.render.issues import issue_files
from labelaudit.render.json import to_json
from labelaudit.report import Report
from labelaudit.scan import Scan, ScanOptions, scan

TOPICS = {
    "food": ("soup", "bread", "salty", "sweet", "kitchen", "tasted", "spoon", "oven"),
    "sport": ("goal", "team", "match", "scored", "referee", "ran", "ball", "league"),
    "music": ("song", "guitar", "chorus", "loud", "album", "sang", "drums", "melody"),
}
COMMON = ("the", "a", "was", "very", "and", "then", "we", "again")
PLANTED = (11, 40, 77, 103, 150, 188)
HOSTILE = (
    "<script>alert(1)</script> soup",
    "\u202etxet desrever\u202c soup",
    "a\x00b soup",
    '"><img src=x onerror=alert(1)> song',
    "soup " * 2_000,
    "مرحبا soup",
)


def word_vectors() -> dict[str, np.ndarray]:
    """Return vectors of words that lie near those of their topic."""
    rng = np.random.default_rng(3)
    found = {word: 0.1 * rng.normal(size=16) for word in COMMON}
    for words in TOPICS.values():
        center = rng.normal(size=16)
        found |= {word: center + 0.4 * rng.normal(size=16) for word in words}
    return {word: vector.astype(np.float32) for word, vector in found.items()}


def sentences() -> list[dict[str, object]]:
    """Return 198 sentences in 3 classes, of which six have the label of another class."""
    rng = np.random.default_rng(5)
    names = list(TOPICS)
    rows: list[dict[str, object]] = []
    for number in range(198):
        name = names[number % 3]
        words = [*rng.choice(TOPICS[name], 5), *rng.choice(COMMON, 4)]
        label = names[(number + 1) % 3] if number in PLANTED else name
        rows.append({"text": " ".join(rng.permutation(words)).capitalize() + ".", "label": label})
    return rows


def write(folder: Path, rows: list[dict[str, object]]) -> Path:
    path = folder / "reviews.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text_model(tmp_path_factory.mktemp("model"), word_vectors(), max_length=64)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Scan:
    """Return the scan of the sentences, then of copies, hostile texts, and texts that are none."""
    rows = sentences()
    rows += [rows[0], {"text": str(rows[1]["text"]).upper(), "label": "food"}]
    rows += [{"text": text, "label": "food"} for text in HOSTILE]
    rows += [{"text": text, "label": "food"} for text in ("", " \n", None, "\u200b")]
    path = write(tmp_path_factory.mktemp("data"), rows)
    return scan(open_dataset(path), ScanOptions(model=model, device="cpu", privacy="full"))


def value(report: Report, measure: str, name: str) -> float | None:
    result = report.value(measure, name)
    assert result is not None, (measure, report.measure(measure))
    return result.value


def test_planted_labels_are_the_most_suspected(found: Scan) -> None:
    result = found.report.measure("label_noise")
    assert result is not None
    samples = result.galleries[0].samples[: len(PLANTED)]
    hits = {sample.path for sample in samples} & {f"row/{row:08}" for row in PLANTED}
    assert len(hits) >= 5
    texts = [row["text"] for row in sentences()]
    for sample in samples:
        row = int(sample.path.removeprefix("row/"))
        if row in PLANTED:
            assert sample.suggested_label == list(TOPICS)[row % 3]
            assert sample.excerpt == texts[row]


def test_what_is_wrong_with_texts_is_counted(found: Scan) -> None:
    report = found.report
    assert (report.dataset.modality, report.dataset.n_items) == ("text", 210)
    assert report.dataset.n_unreadable == 3
    assert value(report, "integrity", "empty_count") == 2
    assert value(report, "integrity", "missing_count") == 1
    assert value(report, "integrity", "exact_duplicates_count") == 1
    assert value(report, "integrity", "cut_texts_count") == 1
    assert value(report, "integrity", "wordless_texts_count") == 1
    assert value(report, "near_duplicates", "near_duplicates_count") == 2
    assert value(report, "near_duplicates", "contradictory_near_duplicates_count") == 2
    integrity = report.measure("integrity")
    assert integrity is not None
    assert integrity.notes[0].startswith("1 of 207 texts are longer than the model takes")
    assert report.embedding is not None
    assert report.embedding.n_embedded == 206
    assert '"tokenizer_sha256":' in report.embedding.preprocessing


def test_what_needs_pixels_is_not_measured(found: Scan) -> None:
    sharpness = found.report.measure("label_sharpness")
    assert sharpness is not None
    assert sharpness.status == "not_measured"
    assert sharpness.reason == "the items are texts, which have no pixels"
    assert not [each for each in found.report.measures if each.status == "failed"]
    assert not found.report.thumbnails


def test_no_text_runs_or_reorders_the_page(found: Scan) -> None:
    page = to_html(found.report)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert found.report.measure("label_noise") is not None


def test_every_item_has_its_excerpt_among_the_items_of_a_full_scan(
    found: Scan, tmp_path: Path
) -> None:
    for name, data in issue_files(found.items, found.issues).items():
        (tmp_path / name).write_bytes(data)
    items = pq.read_table(tmp_path / "items.parquet")
    excerpts = items.column("excerpt").to_pylist()
    assert len(excerpts) == 210
    assert excerpts[0] == sentences()[0]["text"]
    assert excerpts[204] == ("soup " * 48)[:-1] + "…"
    assert excerpts[206:209] == [None, None, None]


def test_threads_and_the_store_change_nothing(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dataset = open_dataset(write(tmp_path, sentences()))
    cache = tmp_path / "store"
    options = [
        ScanOptions(model=model, device="cpu"),
        ScanOptions(model=model, device="cpu", n_threads=4, cache=cache),
        ScanOptions(model=model, device="cpu", cache=cache),
    ]
    reports = [scan(dataset, each).report for each in options]
    assert [report.run.n_from_cache for report in reports] == [0, 0, 198]
    published = [json.loads(to_json(report)) for report in reports]
    for report in published:
        del report["run"]
    assert published[0] == published[1] == published[2]


def test_without_a_model_all_but_the_embedding_is_measured(tmp_path: Path) -> None:
    rows = sentences()
    rows += [rows[0] | {"label": "music"}]
    report = scan(open_dataset(write(tmp_path, rows))).report
    assert value(report, "integrity", "contradictory_duplicates_count") == 2
    assert value(report, "class_imbalance", "imbalance_ratio") is not None
    missing = {each.name: each.reason for each in report.measures if each.status != "measured"}
    reason = "texts have no built-in model: name a text model with --model"
    assert missing["label_noise"] == missing["near_duplicates"] == reason
    assert report.embedding is None
    to_html(report)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ScanOptions(device="cuda"), "--device cuda: no model runs; texts have no built-in model"),
        (ScanOptions(declared={"size": [8, 8]}), "are of models of images; the items are texts"),
        (ScanOptions(pred_probs_from_model=True), "images"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    tmp_path: Path, options: ScanOptions, said: str
) -> None:
    with pytest.raises(LabelauditError, match=said):
        scan(open_dataset(write(tmp_path, sentences())), options)


def test_texts_that_are_all_empty_are_refused(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": "", "label": "a"}, {"text": None, "label": "b"}]
    with pytest.raises(LabelauditError, match="2 of 2 texts cannot be read") as error:
        scan(open_dataset(write(tmp_path, rows)))
    assert "row/00000001: cannot be opened: the cell of the text is null" in str(error.value)
    assert error.value.hint == "no text is left to measure: are these the texts?"


def test_a_model_of_images_does_not_embed_texts(tmp_path: Path) -> None:
    dataset = open_dataset(write(tmp_path, sentences()))
    images = write_model(tmp_path / "images.onnx")
    with pytest.raises(LabelauditError, match="a model of images; the items are texts"):
        scan(dataset, ScanOptions(model=images))


def test_a_text_model_does_not_embed_images(tmp_path: Path, model: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "a.png").write_bytes(b"x")
    with pytest.raises(LabelauditError, match="declared as a model of texts; the items are images"):
        scan(open_dataset(tmp_path / "data"), ScanOptions(model=model))


def test_the_command_line_scans_texts(tmp_path: Path, model: Path) -> None:
    rows = [{"review": row["text"], "label": row["label"]} for row in sentences()]
    command = [sys.executable, "-m", "labelaudit", "scan", str(write(tmp_path, rows))]
    command += ["--text-column", "review", "--model", str(model), "--device", "cpu"]
    for level, shown in (("full", True), (None, False)):
        asked = [] if level is None else ["--privacy", level]
        done = subprocess.run(
            [*command, "--output", "report", *asked],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
        assert (report["dataset"]["modality"], report["privacy"]) == ("text", level or "team")
        begins = str(sentences()[PLANTED[0]]["text"])[:20]
        written = [file.read_bytes() for file in (tmp_path / "report").iterdir()]
        assert any(begins.encode() in content for content in written) == shown
        assert shown or begins not in done.stdout
