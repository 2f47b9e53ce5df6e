"""What is said about a manifest on the command line."""

import inspect
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from labelaudit.cli import app
from labelaudit.cli.manifest_options import manifest_options
from labelaudit.errors import InputError
from labelaudit.manifests import Options

OPTIONS = set(inspect.signature(manifest_options).parameters) - {"format_name"}
NOTHING: dict[str, Any] = dict.fromkeys(OPTIONS, "") | {
    "format_name": "",
    "label_column": None,
    "metadata_column": None,
    "annotator_column": None,
    "annotations": None,
}


def said(**given: object) -> Options:
    return manifest_options(**NOTHING | given)


@pytest.mark.parametrize("command", ["scan", "inspect", "review"])
def test_commands_that_read_a_dataset_know_every_option(command: str) -> None:
    top = get_command(app)
    assert isinstance(top, TyperGroup)
    names = {parameter.name for parameter in top.commands[command].params}
    assert names > OPTIONS | {"dataset_format"}


def test_every_option_says_something() -> None:
    assert said() == Options()
    text = "item=path,annotator=,label=a=b"
    found = said(
        target_column="age",
        metadata_column=["a", "b"],
        judgement_column="votes",
        annotations=Path("x.csv"),
        annotations_columns=text,
        class_order='no, "may, be",yes',
    )
    assert found.target_column == "age"
    assert found.metadata_columns == ("a", "b")
    assert found.judgement_column == "votes"
    assert found.annotations == Path("x.csv")
    assert found.annotations_columns == {"item": "path", "annotator": "", "label": "a=b"}
    assert found.class_order == ("no", "may, be", "yes")


@pytest.mark.parametrize("text", ["path", "item=a,item=b", "who=a", "item=a,", "="])
def test_columns_of_judgements_are_written_in_one_way(text: str) -> None:
    with pytest.raises(InputError, match="not a list of item=, annotator= and label="):
        said(annotations_columns=text)


@pytest.mark.parametrize("text", [",", "no,,yes", "no,"])
def test_a_class_in_an_order_has_a_name(text: str) -> None:
    with pytest.raises(InputError, match="a name is blank"):
        said(class_order=text)
