"""Every topic can be stated, and is not stated where nothing does."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelaudit.cli.inspect import facts_of
from labelaudit.dataset import Dataset, Source
from labelaudit.gather import dataset_facts
from labelaudit.manifests import open_dataset
from labelaudit.report import TOPICS
from labelaudit.statements import KINDS, read_papers
from labelaudit.statements.croissant import CR, PROPERTIES, RAI
from labelaudit.statements.dataset_card import dataset_card
from labelaudit.statements.headings import HEADINGS

CASES = Path(__file__).parent / "cases"
# The properties that the vocabulary of the extension defines (croissant_rai.ttl, 1.0).
VOCABULARY = {
    *("annotationsPerItem", "annotatorDemographics", "dataAnnotationAnalysis"),
    *("dataAnnotationPlatform", "dataAnnotationProtocol", "dataBiases", "dataCollection"),
    *("dataCollectionMissingData", "dataCollectionRawData", "dataCollectionTimeframe"),
    *("dataCollectionType", "dataImputationProtocol", "dataLimitations"),
    *("dataManipulationProtocol", "dataPreprocessingProtocol", "dataReleaseMaintenancePlan"),
    *("dataSocialImpact", "dataUseCases", "machineAnnotationTools", "personalSensitiveInformation"),
}
OTHER_NAMES = {"annotationProtocol", "dataReleaseMaintenance", "useCases"}


def test_every_topic_is_stated_by_some_paper() -> None:
    stated = {
        said.topic for case in CASES.iterdir() for said in read_papers(case / "beside").statements
    }
    assert stated == set(TOPICS)


def test_headings_and_properties_are_of_topics() -> None:
    assert set(HEADINGS) == set(PROPERTIES) == set(TOPICS)
    keys = [key for keys in HEADINGS.values() for key in keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("topic", "heading"), [(topic, key) for topic, keys in HEADINGS.items() for key in keys]
)
def test_every_heading_states_its_topic(topic: str, heading: str) -> None:
    title = heading.replace("...", " and more?").upper()
    (said,) = dataset_card(f"Before\n\n### 4.2 {title} [optional]\n\nThis.\n\n## Next\nThat.", "c")
    assert (said.topic, said.text) == (topic, "This.")


def test_the_properties_are_those_of_the_vocabulary() -> None:
    read = {iri.removeprefix(RAI) for iris in PROPERTIES.values() for iri in iris if RAI in iri}
    assert read - VOCABULARY == OTHER_NAMES
    assert PROPERTIES["citation"] == (CR + "citeAs",)


def test_no_file_name_is_of_two_kinds() -> None:
    names = [name for kind in KINDS for name in kind.names]
    assert len(names) == len(set(names))


def test_without_papers_nothing_is_stated(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.png").write_bytes(b"")
    facts = dataset_facts(open_dataset(tmp_path), None)
    assert facts.statements == ()
    assert facts.unread_papers == ()


def test_a_dataset_made_in_memory_has_no_papers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "VERSION").write_text("1", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    dataset = Dataset(
        name="made",
        task="multiclass",
        class_names=("a",),
        paths=pa.array(["1"], pa.large_string()),
        labels=np.zeros(1, dtype=np.int32),
        splits=np.full(1, -1, dtype=np.int32),
        media=None,
        source=Source(format="none", why=(), found=1),
    )
    assert dataset_facts(dataset, None).statements == ()


@pytest.mark.parametrize("relative", [False, True])
def test_papers_lie_beside_a_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, relative: bool
) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    (tmp_path / "VERSION").write_text("7\n", encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text("a: b: c", encoding="utf-8")
    manifest = tmp_path / "items.csv"
    manifest.write_text("id,label\n1,a\n2,b\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    facts = dataset_facts(open_dataset(Path("items.csv") if relative else manifest), None)
    assert [(said.topic, said.text) for said in facts.statements] == [
        ("version", "7"),
        ("license", "mit"),
    ]
    assert facts.unread_papers == ("CITATION.cff: is no YAML (line 1)",)


def test_inspect_says_what_is_stated(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,label\n1,a\n", encoding="utf-8")
    (tmp_path / "VERSION").write_text("7\n", encoding="utf-8")
    (tmp_path / "LICENSE").write_bytes(b"\xff")
    facts = facts_of(open_dataset(tmp_path / "items.csv"))
    assert facts["stated"] == ("version: 7 (VERSION)",)
    assert facts["unread_papers"] == ("LICENSE: is not UTF-8",)


def test_the_sample_states_all_but_a_homepage(sample_data: Path) -> None:
    found = read_papers(sample_data)
    assert set(TOPICS) - {said.topic for said in found.statements} == {"homepage"}
    assert found.unread == ()


def written(path: Path, metadata: dict[str, str]) -> Path:
    table = pa.table({"id": ["1", "2"], "label": ["a", "b"]})
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def test_the_schema_of_a_parquet_file_is_the_last_paper(tmp_path: Path) -> None:
    info = {"description": "", "license": "mit", "version": {"version_str": "2.1.0"}}
    metadata = {
        "huggingface": json.dumps({"info": {"features": {}, **info}}),
        "description": "Two *items*.",
        "citation": "@misc{a_b_c}",
        "author": "is no key that is read",
    }
    file = written(tmp_path / "items.parquet", metadata)
    stated = {said.topic: (said.text, said.source) for said in read_papers(file).statements}
    assert stated == {
        "version": ("2.1.0", "items.parquet: schema, huggingface: version"),
        "description": ("Two items.", "items.parquet: schema, description"),
        "license": ("mit", "items.parquet: schema, huggingface: license"),
        "citation": ("@misc{a_b_c}", "items.parquet: schema, citation"),
    }
    (tmp_path / "VERSION").write_text("3", encoding="utf-8")
    assert read_papers(tmp_path).statements[0].text == "3"


def test_a_broken_schema_is_told_of(tmp_path: Path) -> None:
    file = written(tmp_path / "items.parquet", {"huggingface": "{", "license": "mit"})
    found = read_papers(file)
    assert [said.text for said in found.statements] == ["mit"]
    assert found.unread == ("schema of the Parquet file: is no JSON (line 1)",)
    file.write_bytes(b"no Parquet")
    assert read_papers(file) == read_papers(None)
