"""The runner of the tests means what GitHub means, and refuses what it does not know."""

from pathlib import Path

import pytest
from expressions import UnsupportedError, filled, holds
from workflow_runner import Annotation, Job, annotations, outputs

CONTEXT = {"inputs": {"a": "true", "b": "", "c": "It's"}, "steps": {"x": {"outputs": {"y": "1"}}}}
AFTER_SUCCESS = {"success": lambda: True, "always": lambda: True, "failure": lambda: False}
AFTER_FAILURE = {"success": lambda: False, "always": lambda: True, "failure": lambda: True}


@pytest.mark.parametrize(
    ("condition", "after_success", "after_failure"),
    [
        ("inputs.a == 'true'", True, False),
        ("inputs.a == 'TRUE'", True, False),
        ("inputs.a != 'true'", False, False),
        ("inputs.b", False, False),
        ("!inputs.b", True, False),
        ("always()", True, True),
        ("failure()", False, True),
        ("always() && inputs.a == 'true' && steps.x.outputs.y != ''", True, True),
        ("always() && steps.x.outputs.z != ''", False, False),
        ("${{ always() && steps.none.outputs.y == '' }}", True, True),
        ("inputs.b == 'x' || inputs.c == 'It''s'", True, False),
        ("inputs.a == 'true' || inputs.b == 'x' && inputs.b == 'y'", True, False),
        ("(inputs.a == 'true' || inputs.b == 'x') && inputs.b == 'y'", False, False),
    ],
)
def test_conditions(condition: str, *, after_success: bool, after_failure: bool) -> None:
    assert holds(condition, CONTEXT, AFTER_SUCCESS) is after_success
    assert holds(condition, CONTEXT, AFTER_FAILURE) is after_failure


def test_texts_are_filled_in() -> None:
    assert filled("<${{ inputs.c }}-${{ inputs.b }}>", CONTEXT, {}) == "<It's->"


@pytest.mark.parametrize(
    "text",
    [
        "secrets.token",
        "inputs",
        "inputs.a >= 1",
        "toJSON(inputs.a)",
        "inputs.a inputs.b",
        "(inputs.a",
    ],
)
def test_what_it_does_not_know_is_an_error(text: str) -> None:
    with pytest.raises(UnsupportedError):
        holds(text, CONTEXT, AFTER_SUCCESS)


def test_outputs_of_one_line_and_of_several() -> None:
    assert outputs("a=1=2\nb<<END\nx\n\ny\nEND\nc=\n") == {"a": "1=2", "b": "x\n\ny", "c": ""}


def test_commands_become_annotations() -> None:
    (found,) = annotations(
        "  ::error file=a%2Cb,line=3,title=x%3A y::one%0Atwo%25\nplain ::error::\n"
    )
    properties = {"file": "a,b", "line": "3", "title": "x: y"}
    assert found == Annotation("error", "one\ntwo%", properties)


@pytest.mark.parametrize(
    "step",
    [
        {"run": "echo ${{ inputs.a }}"},
        {"run": "true", "shell": "pwsh"},
        {"run": "true", "timeout-minutes": 3},
        {"run": 'echo A=1 >> "$GITHUB_ENV"'},
        {"uses": "someone/else@v1"},
    ],
)
def test_steps_that_it_cannot_run_are_errors(tmp_path: Path, step: dict[str, object]) -> None:
    with pytest.raises(UnsupportedError):
        Job(workspace=tmp_path, temporary=tmp_path / "temporary").steps([step], {})


def test_after_a_failure_only_those_run_that_ask_for_it(tmp_path: Path) -> None:
    job = Job(workspace=tmp_path, temporary=tmp_path / "temporary")
    job.steps(
        [
            {"id": "pipe", "run": "false | true"},
            {"id": "next", "run": "true"},
            {"id": "last", "if": "always()", "run": "echo last"},
        ],
        {},
    )
    assert job.outcomes == {"pipe": "failure", "next": "skipped", "last": "success"}
    assert job.log == "last\n"
    assert job.failed
