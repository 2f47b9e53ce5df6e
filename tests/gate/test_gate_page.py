"""What the page on the gate says is so."""

import math
import re
import tomllib
from pathlib import Path

import pytest

from labelaudit.gate.files import FORMATS
from labelaudit.gate.policy import KEYS, OF_LIMIT, asked
from labelaudit.statistics.detectable_rate import detectable_rate

PAGE = (Path(__file__).parents[2] / "docs" / "gate.md").read_text(encoding="utf-8")


def test_the_policy_of_the_page_is_one_and_has_every_key() -> None:
    [policy] = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    found = asked(tomllib.loads(policy)["gate"], "policy.toml")
    assert len(found.limits) == 6
    for key in {*KEYS, *OF_LIMIT}:
        assert re.search(rf"\b{key}\b", PAGE), key
        assert re.search(rf"\b{key}\b", policy), key


ROWS = re.findall(r"^\| ([\d,]+) \| ([\d.]+) % \|$", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize(("judgements", "percent"), ROWS)
def test_the_rates_of_the_page_are_the_first_tenths_that_are_found(
    judgements: str, percent: str
) -> None:
    found = detectable_rate(int(judgements.replace(",", "")), 0.02)
    assert math.ceil(1000 * found) / 10 == float(percent)


def test_the_page_has_the_table_of_rates_and_names_every_format() -> None:
    assert len(ROWS) == 5
    assert all(f"`{name}`" in PAGE for name in FORMATS)
