"""Measures and formats of other distributions, and what is said of those that cannot be used."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from labelaudit.errors import InputError
from labelaudit.measures import load_measures
from labelaudit.registry import declared

MEASURE = '''
from labelaudit.measures import Findings, measure

@measure(family="integrity", title="Pets seen")
def {name}() -> Findings:
    """Count pets."""
    return Findings()
'''
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that puts a module where Python finds it, with an entry point to it."""
    monkeypatch.syspath_prepend(tmp_path)

    def put(name: str, source: str, point: str = "") -> None:
        (tmp_path / f"{name}.py").write_text(source)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[labelaudit.measures]\nx = {point or name}\n")
        importlib.invalidate_caches()

    return put


def test_a_distribution_adds_its_measure_to_ours(install: Install) -> None:
    before = set(load_measures())
    install("pets_one", MEASURE.format(name="pets_seen"))
    assert set(load_measures()) - before == {"pets_seen"}


@pytest.mark.parametrize(
    ("name", "source", "point", "said"),
    [
        ("pets_two", "1 / 0", "", "cannot be imported: ZeroDivisionError"),
        ("pets_three", "import no_such_module", "", "cannot be imported: ModuleNotFoundError"),
        ("pets_four", MEASURE.format(name="seen").replace("integrity", "zoo"), "", "no family"),
        (
            "pets_five",
            MEASURE.format(name="seen").replace('"""Count pets."""', ""),
            "",
            "docstring",
        ),
        ("pets_six", "x = 1", "", "declares nothing|declares anything"),
        ("pets_seven", MEASURE.format(name="seen"), "pets_seven:seen", "declares anything"),
        ("pets_eight", MEASURE.format(name="seen"), "pets_gone", "cannot be imported"),
        (
            "pets_nine",
            MEASURE.format(name="label_noise"),
            "",
            "label_noise is the name of something",
        ),
    ],
)
def test_what_cannot_be_used_is_told_with_its_distribution(
    install: Install, name: str, source: str, point: str, said: str
) -> None:
    install(name, source, point)
    with pytest.raises(InputError, match=said) as caught:
        load_measures()
    assert caught.value.message.startswith(f"{name}: {point or name}, of labelaudit.measures: ")
    assert caught.value.hint


def test_a_measure_that_a_module_imports_is_not_its_own(install: Install) -> None:
    before = set(load_measures())
    install("pets_ten", MEASURE.format(name="pets_told"))
    imported = "from pets_ten import pets_told\n" + MEASURE.format(name="pets_heard")
    install("pets_eleven", imported)
    assert set(load_measures()) - before == {"pets_told", "pets_heard"}


def test_without_a_group_nobody_else_is_asked(install: Install) -> None:
    install("pets_twelve", "1 / 0")
    assert declared("labelaudit.measures", "__measure__")
