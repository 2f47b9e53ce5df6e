"""The action hands on what it is given, and nothing that it is given runs."""

import base64
import gzip
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from workflow_runner import Annotation, Job

CHECKOUT = Path(__file__).parents[2]
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
GATE = {"decision": "fail", "amounts": {"suspects": {"found": 9, "new": 3}}}
STUB = """#!/usr/bin/env bash
printf '%s\\0' {name} "$@" >> {called}
printf '\\n' >> {called}
{rest}
"""
REQUEST = {"pull_request": {"number": 7}}

Ran = tuple[Job, dict[str, str]]


class Place:
    """A workspace with programs that write down how they are called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.calls = folder / "called"
        self.calls.touch()
        self.workspace = folder / "workspace"
        self.workspace.mkdir()

    def program(self, name: str, rest: str) -> None:
        """Put a program on the path that does the rest after it has written its arguments down."""
        file = self.bin / name
        file.write_text(STUB.format(name=name, called=self.calls, rest=rest), encoding="utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def labelaudit(self, code: int = 0) -> None:
        """Put a labelaudit on the path that ends with this code and writes what a gate does."""
        written = {
            "gate.json": json.dumps(GATE),
            "gate-summary.md": "## FAIL\n",
            "gate.sarif": '{"runs": []}',
            "gate-comment.md": "<!-- labelaudit-gate:data -->\nthree are wrong\n",
        }
        lines = [f"printf '%s' '{text}' > \"$folder/{name}\"" for name, text in written.items()]
        self.program(
            "labelaudit",
            "for each; do case $each in --output=*) folder=${each#--output=}; esac; done\n"
            f'mkdir -p "$folder"; if [[ {code} == 2 ]]; then exit 2; fi\n'
            + "\n".join(lines)
            + f"\nexit {code}",
        )

    def called(self, name: str) -> list[list[str]]:
        """Return the arguments of each call of a program."""
        calls = [line.split("\0") for line in self.calls.read_text().split("\0\n") if line]
        return [call[1:] for call in calls if call[0] == name]

    def run(
        self, inputs: Mapping[str, str] | None = None, event: Mapping[str, object] | None = None
    ) -> Ran:
        """Run the action without installing anything."""
        job = Job(
            workspace=self.workspace,
            temporary=self.folder / "temporary",
            github={"token": "secret", "event": event or {}},
            variables={
                "PATH": f"{self.bin}:{os.environ['PATH']}",
                "GITHUB_REPOSITORY": "someone/data",
                "GITHUB_SHA": "5ca1ab1e",
                "GITHUB_REF": "refs/pull/7/merge",
            },
        )
        given = {"install": "false", **(inputs or {})}
        ended, outputs = job.composite(CHECKOUT, given)
        job.failed = not ended
        return job, outputs


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_it_scans_and_gates_with_what_it_is_given(place: Place) -> None:
    place.labelaudit()
    place.run(
        {
            "path": "my data",
            "output": "out",
            "policy": "p.toml",
            "baseline": "b.json",
            "mode": "assure",
            "model": "model.onnx",
            "options": "--label-column=kind of\n\n--seed=3\n",
            "formats": "junit badge",
            "cache": "kept",
            "offline": "true",
            "exit-zero": "true",
        }
    )
    (call,) = place.called("labelaudit")
    assert call[:2] == ["scan", "--gate"]
    assert set(call[2:-2]) == {
        *("--output=out", "--model=model.onnx", "--quiet", "--policy=p.toml", "--cache=kept"),
        *("--offline", "--label-column=kind of", "--seed=3"),
        *("--baseline=b.json", "--mode=assure", "--exit-zero"),
        *(f"--gate-format={each}" for each in ("json", "github", "summary", "junit", "badge")),
    }
    assert call[-2:] == ["--", "my data"]


def test_a_report_that_is_there_is_not_scanned_again(place: Place) -> None:
    place.labelaudit()
    _, outputs = place.run({"report": "kept/report.json", "options": "--allow-drift"})
    (call,) = place.called("labelaudit")
    assert call[0] == "gate"
    assert set(call[1:-2]) == {
        *("--output=labelaudit-report", "--allow-drift"),
        *(f"--format={each}" for each in ("json", "github", "summary")),
    }
    assert call[-2:] == ["--", "kept/report.json"]
    assert outputs["report-json"] == "kept/report.json"
    assert outputs["report-html"] == ""


@pytest.mark.parametrize(
    ("code", "verdict", "new"), [(0, "fail", "3"), (1, "fail", "3"), (2, "error", "")]
)
def test_the_exit_code_survives_and_all_else_is_written(
    place: Place, code: int, verdict: str, new: str
) -> None:
    place.labelaudit(code)
    job, outputs = place.run()
    assert job.failed is (code > 0)
    assert (outputs["verdict"], outputs["new-findings"]) == (verdict, new)
    assert outputs["report-html"] == "labelaudit-report/report.html"
    if verdict == "error":
        assert "exit code 2" in job.summary
        assert [each.level for each in job.annotations] == ["error"]
        assert outputs["gate-json"] == ""
    else:
        assert job.summary == "## FAIL\n"
        assert outputs["gate-json"] == "labelaudit-report/gate.json"


def test_a_gate_of_an_earlier_run_says_nothing_of_this_one(place: Place) -> None:
    (place.workspace / "labelaudit-report").mkdir()
    (place.workspace / "labelaudit-report/gate.json").write_text('{"decision": "pass"}')
    place.labelaudit(2)
    _, outputs = place.run()
    assert outputs["verdict"] == "error"


def test_a_gate_that_says_nothing_does_not_pass(place: Place) -> None:
    place.program("labelaudit", "exit 0")
    job, outputs = place.run()
    assert job.failed
    assert outputs["verdict"] == ""


HOSTILE = [
    '"; touch pwned; "',
    "'; touch pwned; '",
    "$(touch pwned)",
    "`touch pwned`",
    "a && touch pwned",
    "| touch pwned",
    "x; exit 0",
    "--help",
    "-rf",
    "*",
    "${IFS}",
    "%0A::error::forged",
    "::error::forged",
]
TEXTS = ["path", "report", "output", "policy", "baseline", "mode", "model", "cache"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("names", [set(TEXTS) - {"report"}, set(TEXTS) - {"path"}])
def test_no_input_runs_or_becomes_an_option(place: Place, names: set[str], value: str) -> None:
    place.labelaudit()
    (place.workspace / "file").touch()
    job, _ = place.run(dict.fromkeys(names, value))
    assert not list(place.folder.rglob("pwned"))
    assert not [each for each in job.annotations if "forged" in each.message]
    held = [part for call in place.called("labelaudit") for part in call if value in part]
    assert held
    for part in held:
        assert part == value or part.partition("=")[2] == value


@pytest.mark.parametrize("value", HOSTILE)
def test_options_are_one_a_line_and_nothing_else(place: Place, value: str) -> None:
    place.labelaudit()
    place.run({"options": f"--seed=1\n{value}\n"})
    (call,) = place.called("labelaudit")
    assert value in call
    assert not list(place.folder.rglob("pwned"))


@pytest.mark.parametrize("name", [*TEXTS, "formats"])
@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_line_break_forges_no_output(place: Place, name: str, end: str) -> None:
    place.labelaudit(1)
    job, outputs = place.run({name: f"x{end}verdict=pass"})
    assert job.failed
    assert outputs["verdict"] == ""
    assert not place.called("labelaudit")


@pytest.mark.parametrize("name", ["offline", "exit-zero", "upload-sarif", "comment", "install"])
@pytest.mark.parametrize("value", ["yes", "True", "", "true\nfalse"])
def test_a_switch_that_is_neither_on_nor_off_is_refused(
    place: Place, name: str, value: str
) -> None:
    place.labelaudit()
    job, _ = place.run({name: value})
    assert job.failed
    assert not place.called("labelaudit")


@pytest.mark.parametrize(
    ("inputs", "what"),
    [
        ({}, str(CHECKOUT)),
        ({"extras": "hub,text"}, f"{CHECKOUT}[hub,text]"),
        ({"version": "1.2"}, "labelaudit==1.2"),
        ({"version": "1.2", "extras": "hub"}, "labelaudit[hub]==1.2"),
    ],
)
def test_it_installs_its_own_code_or_a_version(
    place: Place, inputs: dict[str, str], what: str
) -> None:
    place.labelaudit()
    place.program(
        "python3.99",
        'if [[ $2 == -m && $3 == venv ]]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; fi\n'
        'if [[ $2 == -c ]]; then exec python3 "$@"; fi',
    )
    job, _ = place.run({"install": "true", "python": "python3.99", **inputs})
    assert not job.failed
    _version, made, installed, _read = place.called("python3.99")
    environment = str(place.folder / "temporary/labelaudit")
    assert made == ["-I", "-m", "venv", environment]
    assert installed[:4] == ["-I", "-m", "pip", "install"]
    assert installed[-1] == what


@pytest.mark.parametrize(
    "inputs",
    [
        {"version": "1.2 --index-url=https://evil"},
        {"version": "1;python_version<'4'"},
        {"extras": "hub] @ https://evil#["},
        {"extras": "$(touch pwned)"},
    ],
)
def test_it_installs_nothing_else(place: Place, inputs: dict[str, str]) -> None:
    place.program("python3.99", "")
    job, _ = place.run({"install": "true", "python": "python3.99", **inputs})
    assert job.failed
    assert not place.called("python3.99")


def test_an_old_python_is_refused(place: Place) -> None:
    place.program("python2", "exit 1")
    job, _ = place.run({"install": "true", "python": "python2"})
    assert job.failed
    assert job.annotations == [
        Annotation("error", "python has to be 3.11 or newer", {"title": "labelaudit"})
    ]


def gh(place: Place, comments: str = "", code: int = 0) -> None:
    place.program(
        "gh",
        f'cat > "{place.folder}/sent"\n'
        f'if [[ $* == *--paginate* ]]; then printf "%s" "{comments}"; fi\nexit {code}',
    )


def test_sarif_is_sent_also_when_the_gate_fails(place: Place) -> None:
    place.labelaudit(1)
    gh(place)
    job, outputs = place.run({"upload-sarif": "true"})
    assert job.failed
    assert outputs["sarif"] == "labelaudit-report/gate.sarif"
    (call,) = place.called("gh")
    assert "repos/someone/data/code-scanning/sarifs" in call
    assert {"commit_sha=5ca1ab1e", "ref=refs/pull/7/merge", "sarif=@-"} <= set(call)
    sent = (place.folder / "sent").read_bytes()
    assert gzip.decompress(base64.b64decode(sent, validate=True)) == b'{"runs": []}'


@pytest.mark.parametrize(
    ("comments", "ends"),
    [
        ("", ["POST", "repos/someone/data/issues/7/comments"]),
        ("11 <!-- labelaudit-gate:other -->\n", ["POST", "repos/someone/data/issues/7/comments"]),
        (
            "11 hello\n12 <!-- labelaudit-gate:data -->\n",
            ["PATCH", "repos/someone/data/issues/comments/12"],
        ),
    ],
)
def test_one_comment_is_kept_up_to_date(place: Place, comments: str, ends: list[str]) -> None:
    place.labelaudit(1)
    gh(place, comments)
    job, _ = place.run({"comment": "true"}, REQUEST)
    assert job.failed
    asked, sent = place.called("gh")
    assert "repos/someone/data/issues/7/comments?per_page=100" in asked
    assert set(ends) <= set(sent)
    assert "body=@labelaudit-report/gate-comment.md" in sent


def test_without_a_pull_request_there_is_no_comment(place: Place) -> None:
    place.labelaudit()
    gh(place)
    place.run({"comment": "true"})
    assert not place.called("gh")


@pytest.mark.parametrize("gate", [0, 1])
def test_what_may_not_be_sent_changes_no_verdict(place: Place, gate: int) -> None:
    place.labelaudit(gate)
    gh(place, code=1)
    job, outputs = place.run({"comment": "true", "upload-sarif": "true"}, REQUEST)
    assert job.failed is bool(gate)
    assert outputs["verdict"] == "fail"
    assert [each.level for each in job.annotations] == ["warning", "warning"]


def test_nothing_is_sent_unasked_or_after_an_error(place: Place) -> None:
    place.labelaudit()
    gh(place)
    place.run(event=REQUEST)
    place.labelaudit(2)
    place.run({"comment": "true", "upload-sarif": "true"}, REQUEST)
    assert not place.called("gh")


def test_scripts_hold_no_expression_and_steps_no_action_of_others() -> None:
    for step in STEPS:
        assert "uses" not in step
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_every_input_is_read_and_every_output_comes_from_a_step_that_writes_it() -> None:
    read = set(re.findall(r"inputs\.([\w-]+)", yaml.safe_dump(STEPS)))
    assert read == set(ACTION["inputs"])
    scripts = {step.get("id"): step["run"] for step in STEPS}
    for each in ACTION["outputs"].values():
        match = re.fullmatch(r"\$\{\{ steps\.(\w+)\.outputs\.([\w-]+) \}\}", each["value"])
        assert match
        assert f"{match[2]}=" in scripts[match[1]]


def published(name: str) -> Any:  # noqa: ANN401 - a JSON Schema
    """Return a schema that check-jsonschema brings."""
    check_jsonschema = pytest.importorskip("check_jsonschema")
    folder = Path(check_jsonschema.__file__).parent / "builtin_schemas/vendor"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_the_action_fits_the_published_schema() -> None:
    jsonschema.validate(ACTION, published("github-actions"))
