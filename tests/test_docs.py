"""What the documents say is so."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.core import TyperGroup
from typer.main import get_command

from labelaudit.cli import app
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.manifests import Options, load_readers
from labelaudit.progress import silent

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def module_of(code: str, name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(code, name, "exec"), module.__dict__)  # noqa: S102 - our own document
    return module


def commands() -> set[str]:
    top = get_command(app)
    assert isinstance(top, TyperGroup)
    return set(top.commands)


def test_the_readme_names_every_command() -> None:
    for command in commands():
        assert f"labelaudit {command}" in README


def test_the_commands_of_the_readme_exist() -> None:
    said = re.findall(r"^labelaudit (\w+)", "\n".join(blocks(README, "sh")), flags=re.MULTILINE)
    assert set(said) == commands()


def test_the_make_targets_of_the_documents_exist() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    said = set(re.findall(r"(?:^|`)make (\w+)", README + CONTRIBUTING, flags=re.MULTILINE))
    assert said
    for target in said:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize("document", [README, CONTRIBUTING])
def test_links_and_pictures_are_there(document: str) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", document)
    for target in targets:
        assert (CHECKOUT / target).exists(), target


def test_contributing_names_every_dependency() -> None:
    project = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = project.partition("dependencies = [")[2].partition("\n]")[0]
    for name in re.findall(r'"([a-z0-9-]+)>=', dependencies):
        assert name in CONTRIBUTING, name


def test_the_measure_of_the_guide_works(tmp_path: Path) -> None:
    guide = module_of(blocks(CONTRIBUTING, "python")[0], "guide_measure")
    for at, side in enumerate((4, 8, 10)):
        (tmp_path / "cat").mkdir(exist_ok=True)
        Image.new("RGB", (side, side)).save(tmp_path / "cat" / f"{at}.png")
    dataset = load_readers()["class_folders"](tmp_path, Options())
    content, _, _ = read_content(dataset, None, store_for(None, None), n_threads=1, progress=silent)
    assert guide.median_size(content).values[0].value == 64


def test_the_format_of_the_guide_works(tmp_path: Path) -> None:
    guide = module_of(blocks(CONTRIBUTING, "python")[1], "guide_format")
    (tmp_path / "names.txt").write_text("a.png dog\nb.png cat\n")
    assert guide.has_names(tmp_path)
    dataset = guide.names_file(tmp_path, Options())
    assert dataset.class_names == ("cat", "dog")
    assert np.array_equal(dataset.labels, [1, 0])
