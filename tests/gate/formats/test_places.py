from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from attacks import PAYLOADS
from hypothesis import given
from hypothesis import strategies as st
from outcomes import found, gated

from labelaudit.gate.formats.places import Place, place_of, place_of_whole
from labelaudit.report import Report


def report_of(data: str, manifest: str, kind: str = "table", policy: str = "") -> Report:
    report = gated().report
    return replace(
        report,
        dataset=replace(report.dataset, name="birds", manifest=manifest, format=kind),
        run=replace(report.run, data=data),
        policy=replace(report.policy, source=policy),
    )


@pytest.mark.parametrize(
    ("data", "manifest", "kind", "place"),
    [
        ("data/labels.csv", "labels.csv", "table", Place("data/labels.csv", 5)),
        ("labels.csv", "labels.csv", "table", Place("labels.csv", 5)),
        ("./data/labels.csv", "labels.csv", "table", Place("data/labels.csv", 5)),
        ("", "labels.csv", "table", Place("labels.csv", 5)),
        ("data", "metadata.csv", "image_folder", Place("data/metadata.csv", 5)),
        ("data", "train/metadata.csv", "image_folder", Place("data/train/metadata.csv", 5)),
        ("../data", "metadata.csv", "image_folder", Place("data/metadata.csv", 5)),
        ("data", "", "class_folders", Place("data/cat/1.png")),
        (".", "", "class_folders", Place("cat/1.png")),
        ("", "", "class_folders", Place("birds/cat/1.png")),
        ("data", "a/metadata.csv, b/metadata.csv", "image_folder", Place("data/cat/1.png")),
        ("data", "train-0.parquet, train-1.parquet", "hf_parquet", Place("data/train-0.parquet")),
    ],
)
def test_a_finding_stands_at_its_line_of_the_manifest_or_at_its_file(
    data: str, manifest: str, kind: str, place: Place
) -> None:
    finding = replace(found(0), path="cat/1.png", line=5)
    if not manifest:
        finding = replace(finding, line=None)
    assert place_of(report_of(data, manifest, kind), finding) == place


@pytest.mark.parametrize(
    ("data", "manifest", "policy", "place"),
    [
        ("data/labels.csv", "labels.csv", "pyproject.toml", Place("data/labels.csv", 1)),
        ("data", "", "pyproject.toml", Place("pyproject.toml", 1)),
        ("data", "", "/home/me/gate.toml", Place("data")),
        ("data", "", "", Place("data")),
        ("", "", "", Place("birds")),
    ],
)
def test_what_is_of_the_whole_stands_at_the_manifest_or_at_the_policy(
    data: str, manifest: str, policy: str, place: Place
) -> None:
    assert place_of_whole(report_of(data, manifest, policy=policy)) == place


@given(st.sampled_from(PAYLOADS) | st.text(), st.sampled_from(PAYLOADS) | st.text())
def test_a_place_leads_nowhere_else(data: str, path: str) -> None:
    report = report_of(data, "", "class_folders")
    place = place_of(report, replace(found(0), path=path, line=None))
    address = urlsplit(place.uri)
    assert (address.scheme, address.netloc, address.query, address.fragment) == ("",) * 4
    assert address.path == place.uri
    assert not place.uri.startswith("/")
    assert ".." not in place.path.split("/")
    assert unquote(place.uri, errors="surrogatepass") == place.path
