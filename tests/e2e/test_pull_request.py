"""Pull requests against a scratch repository, gated by the action's own steps."""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image

CHECKOUT: Final = Path(__file__).parents[2]
sys.path.append(str(CHECKOUT / "tests/ci"))
from scratch_repository import (  # noqa: E402 - found by the line above
    MAKE,
    NAMES,
    Repository,
    clear_digits,
    run,
    true_label,
)
from workflow_runner import Job  # noqa: E402

pytestmark = pytest.mark.slow

WITH_PROGRAM: Final = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
BASELINE: Final = "labelaudit-baseline.json"
ACCEPT: Final = ("--baseline", BASELINE, "--update-baseline")
N_WRONG, N_COPIES, N_CLEAN = 3, 2, 5

Verdict = tuple[Job, dict[str, str]]


def labelaudit(branch: Repository, *arguments: str, code: int = 0) -> str:
    return run("labelaudit", *arguments, where=branch.folder, code=code, variables=WITH_PROGRAM)


def gated(branch: Repository, temporary: Path) -> Verdict:
    """Run the action on a branch; the network is not needed."""
    job = Job(workspace=branch.folder, temporary=temporary, variables=WITH_PROGRAM)
    given = {"install": "false", "offline": "true", "baseline": BASELINE, "formats": "sarif"}
    ended, outputs = job.composite(CHECKOUT, given)
    job.failed = not ended
    return job, outputs


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return the repository, its baseline holding the faults that are planted in the sample."""
    made = Repository.of_sample(tmp_path_factory.mktemp("origin") / "repository")
    labelaudit(made, "scan", "data", "--quiet")
    labelaudit(made, "gate", "labelaudit-report/report.json", *ACCEPT)
    made.commit("A baseline")
    return made


@pytest.fixture
def branch(origin: Repository, tmp_path: Path) -> Repository:
    return origin.clone(tmp_path / "branch", "change")


def draw(seed: int) -> tuple[dict[int, str], list[str], dict[int, str]]:
    """Return digits under wrong labels, paths to copy, and digits under their own labels.

    Of the digits that the sample has not, those are taken whose five nearest images of the sample,
    by pixels, are of their class: what is ambiguous to begin with is nobody's test. Any class but
    their own and the rare one can be the wrong label. Copied are images of the training split that
    no fault was planted in. tests/benchmarks/pull_requests.py says how often such draws are named,
    and others.
    """
    rng = np.random.default_rng(seed)
    numbers = [int(n) for n in rng.choice(clear_digits(), N_WRONG + N_CLEAN, replace=False)]
    wrong = {
        number: str(rng.choice([n for n in NAMES if n not in {true_label(number), MAKE["RARE"]}]))
        for number in numbers[:N_WRONG]
    }
    clean = {number: true_label(number) for number in numbers[N_WRONG:]}
    return wrong, [str(path) for path in rng.choice(sound(), N_COPIES, replace=False)], clean


def sound() -> list[str]:
    """Return the images of the training split that no fault is planted in."""
    listed = (CHECKOUT / "sample_data/faults.csv").read_text(encoding="utf-8")
    rows = (CHECKOUT / "sample_data/metadata.csv").read_text(encoding="utf-8").splitlines()[1:]
    parts = [row.split(",") for row in rows]
    return [path for path, _, split in parts if split == "train" and path not in listed]


def lines_of(branch: Repository, paths: set[str]) -> dict[int, str]:
    """Return where the manifest has these paths, by line; its first line names the columns."""
    rows = branch.rows()
    return {n: row["file_name"] for n, row in enumerate(rows, 2) if row["file_name"] in paths}


def as_json(branch: Repository, name: str) -> dict[str, Any]:
    text = (branch.folder / "labelaudit-report" / name).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_is_wrong_or_there_twice_fails_and_is_named_and_nothing_else(
    branch: Repository, tmp_path: Path, seed: int
) -> None:
    mislabelled, originals, clean = draw(seed)
    wrong, copies = set(branch.add(mislabelled)), set(branch.copy(originals))
    branch.add(clean)
    branch.commit("More data")
    faults = wrong | copies
    job, outputs = gated(branch, tmp_path / "temporary")

    assert job.failed, job.log
    assert outputs["verdict"] == "fail"
    gate = as_json(branch, "gate.json")
    asked = gate["policy"]["findings"]
    named = [
        (each["rule"], each["path"])
        for each in gate["findings"]
        if each["is_new"] and each["rule"] in asked
    ]
    assert sorted(named) == sorted(
        [("suspects", path) for path in wrong] + [("exact_duplicates", path) for path in copies]
    )
    where = lines_of(branch, faults)
    (sarif,) = as_json(branch, "gate.sarif")["runs"]
    errors = [each for each in sarif["results"] if each["level"] == "error"]
    places = [each["locations"][0]["physicalLocation"] for each in errors]
    assert {each["artifactLocation"]["uri"] for each in places} == {"data/metadata.csv"}
    assert sorted(each["region"]["startLine"] for each in places) == sorted(where)
    annotated = [each for each in job.annotations if each.level == "error"]
    assert sorted(int(each.properties["line"]) for each in annotated) == sorted(where)
    assert {each.properties["file"] for each in annotated} == {"data/metadata.csv"}
    for each in annotated:
        assert where[int(each.properties["line"])] in each.message
    for path in faults:
        assert path in job.summary
    told_of = {path for path in (row["file_name"] for row in branch.rows()) if path in job.summary}
    assert told_of <= faults | set(originals)

    labelaudit(branch, "gate", "labelaudit-report/report.json", *ACCEPT)
    branch.commit("Accept them")
    again, outputs = gated(branch, tmp_path / "temporary")
    assert not again.failed, again.log
    assert (outputs["verdict"], outputs["new-findings"]) == ("pass", "0")


def test_the_main_branch_passes(branch: Repository, tmp_path: Path) -> None:
    job, outputs = gated(branch, tmp_path / "temporary")
    assert not job.failed, job.log
    assert (outputs["verdict"], outputs["new-findings"]) == ("pass", "0")


def test_without_the_baseline_the_planted_faults_fail(branch: Repository, tmp_path: Path) -> None:
    job = Job(workspace=branch.folder, temporary=tmp_path / "temporary", variables=WITH_PROGRAM)
    ended, outputs = job.composite(CHECKOUT, {"install": "false"})
    assert not ended
    assert outputs["verdict"] == "fail"


def test_clean_images_pass(branch: Repository, tmp_path: Path) -> None:
    _, _, clean = draw(3)
    branch.add(clean)
    branch.commit("More data")
    job, outputs = gated(branch, tmp_path / "temporary")
    assert not job.failed, job.log
    assert outputs["verdict"] == "pass"


def test_other_names_another_order_and_another_encoding_are_nothing_new(
    branch: Repository, tmp_path: Path
) -> None:
    rows = branch.rows()
    for number, row in enumerate(rows):
        path = Path(row["file_name"])
        if path.suffix == ".png" and number % 2:
            row["file_name"] = f"images/other-{number}.png"
            renamed(branch.folder / "data" / path, branch.folder / "data" / row["file_name"])
    branch.write(reversed(rows))
    branch.commit("The same data")
    job, outputs = gated(branch, tmp_path / "temporary")
    assert not job.failed, job.log
    assert (outputs["verdict"], outputs["new-findings"]) == ("pass", "0")


def renamed(old: Path, new: Path) -> None:
    """Move an image, written anew without loss; one that is cut off is moved as it is."""
    try:
        with Image.open(old) as image:
            image.save(new, compress_level=0)
    except OSError:
        old.replace(new)
    old.unlink(missing_ok=True)


def test_a_label_that_is_changed_is_the_only_new_finding(
    branch: Repository, tmp_path: Path
) -> None:
    rows = branch.rows()
    changed = next(row for row in rows if row["file_name"] in sound() and row["label"] == "zero")
    changed["label"] = "four"
    branch.write(rows)
    branch.commit("Another label")
    job, _ = gated(branch, tmp_path / "temporary")
    assert job.failed, job.log
    annotated = [each for each in job.annotations if each.level == "error"]
    assert len(annotated) == 1
    assert changed["file_name"] in annotated[0].message
