"""Every example of docs/ci.md is run, or held against the schema of what reads it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema
import onnx
import pytest
import yaml
from junitparser import JUnitXml
from onnx import TensorProto, helper
from scratch_repository import (
    AS_ANYBODY,
    CHECKOUT,
    POLICY,
    Repository,
    clear_digits,
    run,
    true_label,
)
from workflow_runner import Ended, Job

PAGE: Final = (CHECKOUT / "docs/ci.md").read_text(encoding="utf-8")
BIN: Final = str(Path(sys.executable).parent)
WITH_PROGRAM: Final = {"PATH": f"{BIN}:{os.environ['PATH']}"}
OURS: Final = "OWNER/labelaudit@FULL-COMMIT-SHA"


def named(heading: str, language: str, text: str) -> str:
    """Return the name of a block: the file that its first line names, or where it stands."""
    first = text.splitlines()[0]
    return first.removeprefix("# ") if language in {"yaml", "toml"} else f"{heading}, {language}"


def blocks() -> dict[str, list[str]]:
    """Return the blocks of the page by name; some files have two examples."""
    found: dict[str, list[str]] = {}
    heading = ""
    parts = re.split(r"^(#+ [^\n]*|```\w*\n.*?^```)$", PAGE, flags=re.MULTILINE | re.DOTALL)
    for part in parts:
        if part.startswith("#"):
            heading = part.lstrip("# ")
        elif match := re.fullmatch(r"```(\w*)\n(.*?)```", part, flags=re.DOTALL):
            found.setdefault(named(heading, match[1], match[2]), []).append(match[2])
    return found


BLOCKS: Final = blocks()
RUN: Final[set[str]] = set()


def block(name: str, number: int = 0) -> str:
    """Return an example that a test below runs."""
    RUN.add(f"{name} {number}")
    return BLOCKS[name][number]


POLICY_BLOCK: Final = block("labelaudit.toml")
START: Final = block("Start, sh")
WORKFLOW: Final = yaml.safe_load(block(".github/workflows/labels.yml"))
OFFLINE: Final = yaml.safe_load(block(".github/workflows/labels-offline.yml"))
WITHOUT: Final = block("Without the action, sh")
GITLAB: Final = yaml.safe_load(block(".gitlab-ci.yml"))
DVC: Final = block("dvc.yaml")
DVC_COMMANDS: Final = block("DVC, sh")
HOOK: Final = yaml.safe_load(block(".pre-commit-config.yaml"))
LOCAL_HOOK: Final = yaml.safe_load(block(".pre-commit-config.yaml", 1))


def test_no_example_is_run_by_nothing() -> None:
    assert {f"{name} {n}" for name, each in BLOCKS.items() for n in range(len(each))} == RUN


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", PAGE)
    assert targets
    for target in targets:
        assert (CHECKOUT / "docs" / target).is_file(), target


def shell(script: str, where: Path) -> str:
    """Run lines as a person types them, one after the other, each of which has to end well."""
    return run("bash", "-ec", script, where=where, variables=WITH_PROGRAM)


@pytest.fixture(scope="session")
def main_branch(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository that the page's first commands were run in."""
    made = Repository.of_sample(tmp_path_factory.mktemp("main") / "repository")
    (made.folder / "labelaudit.toml").write_text(POLICY_BLOCK, encoding="utf-8")
    shell(START, made.folder)
    return made


@pytest.fixture
def branch(main_branch: Repository, tmp_path: Path) -> Repository:
    """Return a branch of it with one more clean image."""
    made = main_branch.clone(tmp_path / "branch", "more")
    number = int(clear_digits()[0])
    made.add({number: true_label(number)})
    made.commit("One more")
    return made


def wrong(branch: Repository) -> None:
    """Add an image under a label that it is not of."""
    number = int(clear_digits()[1])
    branch.add({number: "one" if true_label(number) == "zero" else "zero"})
    branch.commit("One that is wrong")


def published(name: str) -> Any:  # noqa: ANN401 - a JSON Schema
    """Return a schema that check-jsonschema brings."""
    import check_jsonschema

    folder = Path(check_jsonschema.__file__).parent / "builtin_schemas/vendor"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_the_policy_is_that_of_the_tests_of_pull_requests() -> None:
    assert POLICY_BLOCK.partition("\n")[2] == POLICY


def test_inputs_and_outputs_are_those_of_the_action() -> None:
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
    rows = [
        tuple(cell.strip() for cell in row.split("|")[1:-1])
        for row in PAGE.splitlines()
        if row.startswith("| `")
    ]
    said = {f"`{name}`" for name in (*action["inputs"], *action["outputs"])}
    assert {row[0] for row in rows} == said
    for name, each in action["inputs"].items():
        default = f"`{each['default']}`" if each["default"] else ""
        assert (f"`{name}`", default, each["description"]) in rows
    for name, each in action["outputs"].items():
        assert (f"`{name}`", each["description"]) in rows


# GitHub


@pytest.mark.parametrize("workflow", [WORKFLOW, OFFLINE])
def test_workflows_fit_the_published_schema(workflow: dict[Any, Any]) -> None:
    with_on = {("on" if key is True else key): value for key, value in workflow.items()}
    jsonschema.validate(with_on, published("github-workflows"))


def test_actions_of_others_are_pinned_by_commit_with_their_version() -> None:
    used = re.findall(r"uses: (.*)", PAGE)
    assert used
    for each in used:
        assert each.startswith(OURS) or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v[\d.]+", each)


def job_on(branch: Repository, folder: Path, **variables: str) -> Job:
    """Return a job on a branch, with GitHub's own actions as far as the examples need them."""
    where = folder / "workspace"
    kept = folder / "kept"

    def checkout(_job: Job, _values: Mapping[str, str]) -> Ended:
        branch.clone(where)
        return True, {}

    def cache(_job: Job, values: Mapping[str, str]) -> Ended:
        assert "${{" not in values["key"]
        if kept.is_dir():
            shutil.copytree(kept, where / values["path"])
        return True, {}

    def upload(_job: Job, values: Mapping[str, str]) -> Ended:
        return (where / values["path"] / "report.html").is_file(), {}

    def ours(job: Job, values: Mapping[str, str]) -> Ended:
        return job.composite(CHECKOUT, {**values, "install": "false"})

    where.parent.mkdir(exist_ok=True)
    programs = folder / "programs"
    programs.mkdir()
    program(programs / "gh", f'printf "%s " "$@" >> {folder}/gh; echo >> {folder}/gh')
    return Job(
        workspace=where,
        temporary=folder / "temporary",
        github={"token": "secret", "event": {"pull_request": {"number": 7}}},
        variables={
            "PATH": f"{programs}:{WITH_PROGRAM['PATH']}",
            "GITHUB_REPOSITORY": "someone/data",
            "GITHUB_SHA": "5ca1ab1e",
            "GITHUB_REF": "refs/pull/7/merge",
            **variables,
        },
        actions={
            "actions/checkout": checkout,
            "actions/setup-python": lambda *_: (True, {}),
            "actions/cache": cache,
            "actions/upload-artifact": upload,
            OURS.partition("@")[0]: ours,
        },
    )


def program(file: Path, rest: str) -> None:
    """Write a program of bash."""
    file.write_text(f"#!/usr/bin/env bash\n{rest}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.mark.slow
def test_the_workflow_passes_what_is_clean_and_says_so(branch: Repository, tmp_path: Path) -> None:
    job = job_on(branch, tmp_path / "job")
    done = job.steps(WORKFLOW["jobs"]["labels"]["steps"], {})
    assert not job.failed, job.log
    assert done["labels"]["outputs"]["verdict"] == "pass"
    unlike = {name: end for name, end in job.outcomes.items() if end != "success"}
    assert unlike == {f"{CHECKOUT.name}/install": "skipped"}
    sent = (tmp_path / "job/gh").read_text()
    assert "code-scanning/sarifs" in sent
    assert "issues/7/comments" in sent
    assert (job.workspace / ".labelaudit-cache").is_dir()


@pytest.mark.slow
def test_the_workflow_fails_what_is_wrong_and_uploads_all_the_same(
    branch: Repository, tmp_path: Path
) -> None:
    wrong(branch)
    job = job_on(branch, tmp_path / "job")
    done = job.steps(WORKFLOW["jobs"]["labels"]["steps"], {})
    assert job.failed
    assert done["labels"]["outputs"]["verdict"] == "fail"
    assert {name for name, end in job.outcomes.items() if end == "failure"} == {
        f"{CHECKOUT.name}/gate",
        "labels",
    }
    assert "code-scanning/sarifs" in (tmp_path / "job/gh").read_text()


@pytest.mark.slow
def test_the_offline_workflow_takes_the_model_of_the_repository(
    branch: Repository, tmp_path: Path
) -> None:
    (branch.folder / "models").mkdir()
    encoder(branch.folder / "models/encoder.onnx")
    with_model = START.replace("scan data/", "scan data/ --model models/encoder.onnx")
    assert with_model != START
    (branch.folder / "labelaudit-baseline.json").unlink()
    shell(with_model, branch.folder)
    branch.commit("A model of our own")
    job = job_on(branch, tmp_path / "job", LABELAUDIT_CACHE=str(tmp_path / "embeddings"))
    alone = ("unshare", "--map-root-user", "--net")
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0:
        job.inside = alone
    job.steps(OFFLINE["jobs"]["labels"]["steps"], {})
    assert not job.failed, job.log
    report = json.loads((job.workspace / "labelaudit-report/report.json").read_text())
    assert report["embedding"]["model"] == "encoder.onnx"


def encoder(path: Path) -> None:
    """Write a model whose embedding is a small picture's pixels."""
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["images"], ["pixels"], axis=1)],
        "pixels",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, 8, 8])],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 64])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(made, path)
    declared = {
        "input": "images",
        "output": "pixels",
        "size": [8, 8],
        "resize": "stretch",
        "resize_to": 0,
        "interpolation": "box",
        "color": "L",
        "layout": "NCHW",
        "dtype": "float32",
        "scale": 1 / 255,
        "mean": [0.5],
        "std": [0.5],
    }
    path.with_suffix(".json").write_text(json.dumps(declared), encoding="utf-8")


@pytest.mark.slow
def test_two_commands_do_without_the_action(branch: Repository, tmp_path: Path) -> None:
    wrong(branch)
    job = Job(workspace=branch.folder, temporary=tmp_path / "temporary", variables=WITH_PROGRAM)
    ended, _ = job.run({"run": WITHOUT}, {})
    assert not ended
    assert [each for each in job.annotations if each.level == "error"]
    assert "FAIL" in job.summary


# GitLab


def test_the_gitlab_file_fits_the_published_schema() -> None:
    jsonschema.validate(GITLAB, published("gitlab-ci"))


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [None, wrong])
def test_the_gitlab_script_runs_and_leaves_what_the_job_uploads(
    branch: Repository, tmp_path: Path, spoil: Callable[[Repository], None] | None
) -> None:
    if spoil:
        spoil(branch)
    (tmp_path / "programs").mkdir()
    program(tmp_path / "programs/pip", f'echo "$@" >> {tmp_path}/pip')
    job = GITLAB["labels"]
    run(
        *("bash", "-eo", "pipefail", "-c", "\n".join(job["script"])),
        where=branch.folder,
        code=1 if spoil else 0,
        variables={"PATH": f"{tmp_path}/programs:{WITH_PROGRAM['PATH']}"},
    )
    assert (tmp_path / "pip").read_text() == "install labelaudit\n"
    reports = job["artifacts"]["reports"]
    found = json.loads((branch.folder / reports["codequality"]).read_text(encoding="utf-8"))
    assert ("major" in {each["severity"] for each in found}) is bool(spoil)
    suites = JUnitXml.fromfile(str(branch.folder / reports["junit"]))
    assert bool(suites.failures + suites.errors) is bool(spoil)
    for path in (*job["artifacts"]["paths"], *job["cache"]["paths"]):
        assert (branch.folder / path).is_dir()


# DVC


@pytest.mark.slow
def test_the_stage_makes_what_it_declares(branch: Repository) -> None:
    (branch.folder / "dvc.yaml").write_text(DVC, encoding="utf-8")
    stage = yaml.safe_load(DVC)["stages"]["label"]
    shell(stage["cmd"], branch.folder)
    for each in (*stage["outs"], *stage["metrics"]):
        path = each if isinstance(each, str) else next(iter(each))
        assert (branch.folder / path).is_file()
    metrics = json.loads((branch.folder / "label/metrics.json").read_text(encoding="utf-8"))
    assert metrics
    assert all(isinstance(number, int | float) for number in metrics.values())
    gate = DVC_COMMANDS.splitlines()[-1]
    shell(gate, branch.folder)


@pytest.mark.slow
def test_dvc_reproduces_the_stage_and_compares_its_numbers(branch: Repository) -> None:
    if not shutil.which("dvc"):
        pytest.skip("dvc is not installed: it is one of the extra bench")
    branch.git("checkout", "--quiet", "-B", "main", "origin/main")
    (branch.folder / "dvc.yaml").write_text(DVC, encoding="utf-8")
    shell("dvc init --quiet && dvc config core.analytics false", branch.folder)
    shell(DVC_COMMANDS.splitlines()[0], branch.folder)
    branch.commit("A stage")
    branch.git("checkout", "--quiet", "more")
    branch.git("rebase", "--quiet", "main")
    printed = shell(DVC_COMMANDS, branch.folder)
    assert re.search(r"^\| label/metrics.json *\| .*n_items.*405 *\| 406 ", printed, re.MULTILINE)


# pre-commit


@pytest.fixture(scope="module")
def labelled(main_branch: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository that keeps its report."""
    made = main_branch.clone(tmp_path_factory.mktemp("labelled") / "repository", "labelled")
    shell("labelaudit scan data/ --output label --quiet", made.folder)
    made.commit("A label")
    return made


def of_checkout(folder: Path) -> str:
    """Make a repository of our hooks; return the commit to pin."""
    folder.mkdir()
    shutil.copyfile(CHECKOUT / ".pre-commit-hooks.yaml", folder / ".pre-commit-hooks.yaml")
    hooks = Repository(folder)
    hooks.git("init", "--quiet")
    hooks.commit("Hooks")
    return hooks.git("rev-parse", "HEAD").strip()


def with_commit(folder: Path) -> dict[str, Any]:
    """Return the example that names a repository, pinned, and in the environment of the tests."""
    pinned = json.loads(json.dumps(HOOK))
    (repository,) = pinned["repos"]
    assert repository["rev"] == "FULL-COMMIT-SHA"
    repository |= {"repo": str(folder), "rev": of_checkout(folder)}
    repository["hooks"][0]["language"] = "system"
    return dict(pinned)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["of a repository", "local"])
def test_the_hook_lets_a_commit_through_only_while_the_report_is_true(
    labelled: Repository, tmp_path: Path, kind: str
) -> None:
    config = LOCAL_HOOK if kind == "local" else with_commit(tmp_path / "hooks")
    here = labelled.clone(tmp_path / "here")
    (here.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    variables = {**WITH_PROGRAM, **AS_ANYBODY, "PRE_COMMIT_HOME": str(tmp_path / "home")}
    run("pre-commit", "install", where=here.folder, variables=variables)
    (here.folder / "notes.txt").write_text("not of the data\n")
    here.git("add", "--all")
    run("git", "commit", "--message", "Notes", where=here.folder, variables=variables)
    rows = here.rows()
    flipped = rows[7]
    flipped["label"] = "one" if flipped["label"] != "one" else "two"
    here.write(rows)
    here.git("add", "--all")
    refused = subprocess.run(
        ["git", "commit", "--message", "A label"],
        cwd=here.folder,
        env={**os.environ, **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert refused.returncode == 1
    assert "labelaudit verify" in refused.stderr
    assert "NOT VERIFIED" in refused.stderr
    shell("labelaudit scan data/ --output label --quiet", here.folder)
    here.git("add", "--all")
    run(
        "git",
        "commit",
        "--message",
        "A label and its report",
        where=here.folder,
        variables=variables,
    )


def test_the_hooks_are_as_pre_commit_wants_them() -> None:
    run(
        "pre-commit",
        "validate-manifest",
        ".pre-commit-hooks.yaml",
        where=CHECKOUT,
        variables=WITH_PROGRAM,
    )
    (hook,) = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == HOOK["repos"][0]["hooks"][0]["id"]
