"""A bundle holds what belongs to its report, is the same bytes each time, and refuses the rest."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import PAYLOADS, poisoned
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.errors import InputError
from labelaudit.gate.policy import asked
from labelaudit.privacy import published
from labelaudit.release.bundle.about import environment_json, readme
from labelaudit.release.bundle.archive import FOLDER, archive
from labelaudit.release.bundle.contents import GATE, contents, names_beside
from labelaudit.release.bundle.policy import policy_toml
from labelaudit.release.sums import MORE_SUMS, SUMS, parsed_sums, sums_of, sums_text
from labelaudit.render.files import rendered_files
from labelaudit.render.json import from_json, to_json
from labelaudit.report import Limit, Policy, Report

sys.path.append(str(Path(__file__).parents[1] / "render"))
from reports import CASES, full, multilabel

SMALL = replace(full(), measures=(), thumbnails={})
TABLES = {"issues.csv": b"rule\n", "issues.parquet": b"PAR1a", "items.parquet": b"PAR1b"}


def source_of(report: Report) -> bytes:
    return to_json(report).encode()


def beside(report: Report, **more: bytes) -> dict[str, bytes]:
    """Return what a scan leaves beside its report."""
    files = rendered_files(report, names={"report.html", "label.svg", "card.md"})
    files |= {} if report.privacy == "public" else TABLES
    files |= more
    sums = sums_of({**files, "report.json": source_of(report)})
    return {**files, SUMS: sums_text(sums).encode()}


def bundle(report: Report, **changed: bytes | None) -> dict[str, bytes]:
    """Return a bundle of a report, where some files beside it are other ones."""
    there = {**beside(report), **{name.replace("__", "."): c for name, c in changed.items()}}
    kept = {name: content for name, content in there.items() if content is not None}
    return contents(report, source_of(report), kept)


def test_what_belongs_to_a_report_is_in_its_bundle() -> None:
    files = bundle(SMALL)
    assert set(files) == {
        *("report.json", "report.html", "label.svg", "card.md", *TABLES),
        *("environment.json", "policy.toml", "README.txt", SUMS),
    }
    assert files["report.json"] == source_of(SMALL)
    assert all(files[name] == content for name, content in TABLES.items())


def test_the_sums_are_of_every_file_but_of_the_list_itself() -> None:
    files = bundle(SMALL)
    listed = parsed_sums(files[SUMS])
    assert set(listed) == set(files) - {SUMS}
    assert all(hashlib.sha256(files[name]).hexdigest() == found for name, found in listed.items())


def test_a_bundle_of_what_a_bundle_holds_is_the_same() -> None:
    files = bundle(SMALL)
    source = files["report.json"]
    again = {name: files[name] for name in names_beside(files[SUMS]) if name in files}
    assert contents(SMALL, source, again) == files
    whole = {**again, f"{SUMS}.minisig": b"a signature of the sums of all files"}
    signed = contents(SMALL, source, whole)
    assert signed[SUMS] == files[SUMS]
    assert {name: signed[name] for name in files} == files
    assert set(parsed_sums(signed[MORE_SUMS])) == set()


def test_sha256sum_finds_the_files_whole_and_a_changed_one_not(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive(bundle(SMALL)))) as zipped:
        zipped.extractall(tmp_path)

    def checked() -> int:
        command = ["sha256sum", "--check", "--strict", SUMS]
        folder = tmp_path / FOLDER
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode

    assert checked() == 0
    (tmp_path / FOLDER / "policy.toml").write_text("x")
    assert checked() == 1


@given(st.dictionaries(st.text("abc.", min_size=1, max_size=9), st.binary(max_size=99)))
def test_an_archive_gives_the_files_back_and_depends_on_nothing_else(
    files: dict[str, bytes],
) -> None:
    made = archive(files)
    umask = os.umask(0o077)
    try:
        again = archive(dict(reversed(files.items())))
    finally:
        os.umask(umask)
    assert made == again
    with zipfile.ZipFile(io.BytesIO(made)) as zipped:
        assert zipped.testzip() is None
        names = [f"{FOLDER}/{name}" for name in sorted(files)]
        assert zipped.namelist() == names
        assert {name: zipped.read(f"{FOLDER}/{name}") for name in files} == files
        modes = {info.external_attr >> 16 for info in zipped.infolist()}
        assert modes <= {0o100644}
        assert {info.date_time for info in zipped.infolist()} <= {(1980, 1, 1, 0, 0, 0)}


def test_without_a_list_of_sums_the_report_alone_makes_the_files() -> None:
    files = contents(SMALL, source_of(SMALL), {})
    made = rendered_files(SMALL)
    assert {name: files[name] for name in made} == made
    assert set(parsed_sums(files[SUMS])) == set(files) - {SUMS}


@pytest.mark.parametrize("name", [*TABLES, f"{SUMS}.minisig"])
def test_what_no_list_vouches_for_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: there is no {SUMS} beside"):
        contents(SMALL, source_of(SMALL), {name: b"x"})


def test_the_list_of_another_report_is_refused() -> None:
    other = replace(SMALL, random_state=7)
    with pytest.raises(InputError, match="is not of this report"):
        contents(SMALL, source_of(SMALL), beside(other))


@pytest.mark.parametrize("name", ["report.html", "issues.csv", "items.parquet", "card.md"])
def test_an_edited_or_missing_file_is_refused_by_name(name: str) -> None:
    with pytest.raises(InputError) as raised:
        bundle(SMALL, **{name.replace(".", "__"): b"edited"})
    assert f"{name}: is not the file that {SUMS} lists" in str(raised.value)
    with pytest.raises(InputError) as raised:
        bundle(SMALL, **{name.replace(".", "__"): None})
    assert f"{name}: is missing" in str(raised.value)


def test_a_table_that_the_list_does_not_name_is_refused() -> None:
    there = beside(SMALL)
    sums = parsed_sums(there[SUMS])
    del sums["issues.parquet"]
    there[SUMS] = sums_text(sums).encode()
    with pytest.raises(InputError) as raised:
        contents(SMALL, source_of(SMALL), there)
    assert "issues.parquet: SHA256SUMS does not list it" in str(raised.value)


def test_a_signed_list_stays_as_it_is_and_the_rest_has_its_own() -> None:
    there = beside(SMALL)
    of_report = {"report.json.minisig": b"signed, too"}
    files = contents(SMALL, source_of(SMALL), {**there, f"{SUMS}.minisig": b"signed", **of_report})
    assert files["report.json.minisig"] == b"signed, too"
    assert files[SUMS] == there[SUMS]
    assert files[f"{SUMS}.minisig"] == b"signed"
    listed = {**parsed_sums(files[SUMS]), **parsed_sums(files[MORE_SUMS])}
    assert set(listed) == set(files) - {SUMS, MORE_SUMS, f"{SUMS}.minisig"}
    assert all(hashlib.sha256(files[name]).hexdigest() == found for name, found in listed.items())
    readme = files["README.txt"].decode()
    assert f"sha256sum -c {SUMS}\n" in readme
    assert f"sha256sum -c {MORE_SUMS}\n" in readme


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_public_bundle_holds_nothing_of_items(case: str) -> None:
    report = CASES[case]()
    public = from_json(to_json(published(report, "public")))
    files = contents(public, source_of(public), beside(public))
    assert not [name for name in files if name.endswith((".parquet", ".csv"))]
    paths = {
        sample.path.encode(errors="replace")
        for result in report.measures
        for gallery in result.galleries
        for sample in gallery.samples
    }
    whole = b"\n".join(files.values())
    assert case == "hostile" or not [path for path in paths if path in whole]
    with pytest.raises(InputError, match="name items, and the report is public"):
        contents(public, source_of(public), beside(public, **TABLES))


def gate_of(report: Report, **changed: object) -> bytes:
    limit = {"measure": "class_imbalance", "value": "imbalance_ratio"}
    found = report.value(limit["measure"], limit["value"])
    assert found is not None
    ruling = {
        "limit": {**limit, "class_name": None, "split": None},
        "found": {"value": found.value},
    }
    said = {
        "digest": report.dataset.digest,
        "privacy": report.privacy,
        "rulings": [ruling, {"limit": None, "found": None}],
    }
    return json.dumps({**said, **changed}).encode()


def test_what_the_gate_said_of_this_report_is_bundled_and_of_another_refused() -> None:
    report = from_json(to_json(full()))
    said, there = gate_of(report), beside(report)

    def bundled(gate: bytes) -> bytes:
        return contents(report, source_of(report), {**there, GATE: gate})[GATE]

    assert bundled(said) == said
    others = (
        gate_of(report, digest="0" * 64),
        gate_of(report, privacy="public"),
        said.replace(b'{"value": 77.4194}', b'{"value": 1.5}'),
    )
    for other in others:
        assert other != said
        with pytest.raises(InputError, match="is of another report"):
            bundled(other)
    for broken in (b"{}", b"[]", b"{", b'{"rulings": 3, "digest": ""}'):
        with pytest.raises(InputError, match="not what a gate writes"):
            bundled(broken)


@pytest.mark.parametrize("report", [full(), multilabel()])
def test_the_policy_in_a_bundle_is_the_one_of_the_report(report: Report) -> None:
    name = 'a"\\\x7f\n'
    more = (
        Limit(measure="class_imbalance", value="share", rise_at_most=0.25, class_name=name),
        Limit(
            measure="class_imbalance",
            value="imbalance_ratio",
            at_least=3,
            split="名",
            mode="assure",
        ),
        Limit(
            measure="label_noise",
            value="model_estimated_error_rate",
            class_name="cat",
            at_most=0.5,
            accept_model=True,
        ),
    )
    policy = Policy(source="x", mode="assure", findings={"suspects": 3, "near_duplicates": 0})
    report = replace(report, limits=(*report.limits, *more), policy=policy)
    read = asked(tomllib.loads(policy_toml(report))["gate"], "x")
    assert read.limits == report.limits
    assert read.policy == policy


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 3))
def test_hostile_texts_stay_texts(start: int) -> None:
    report = poisoned(replace(full(), policy=Policy(source="x", findings={"a": 1})), start)
    parsed = tomllib.loads(policy_toml(report).encode().decode())["gate"]
    assert set(parsed) <= {"mode", "findings", "limits"}
    assert json.loads(environment_json(report))["random_state"] == 0
    said = readme(report, ["report.json", SUMS])
    assert said.splitlines()[0].startswith("The label of the dataset ")
    assert not any(ord(found) < 32 and found != "\n" for found in said)
    assert said.isprintable() or "\u202e" not in said
    assert len(said.splitlines()) == len(readme(full(), ["report.json", SUMS]).splitlines())


def test_nothing_of_ours_says_where_or_by_whom_it_was_made() -> None:
    run = replace(SMALL.run, data="home/somebody", seconds={"somebody": 1.0})
    report = replace(SMALL, run=run)
    said = (environment_json(report), policy_toml(report), readme(report, ["report.json"]))
    assert not [each for each in said if "somebody" in each]


def test_which_files_are_asked_for() -> None:
    assert {GATE, SUMS, "issues.csv"} <= set(names_beside(None))
    listed = sums_text({"soft_labels.parquet": "0" * 64, "report.json": "1" * 64}).encode()
    assert "soft_labels.parquet" in names_beside(listed)
    assert "report.json" not in names_beside(listed)
