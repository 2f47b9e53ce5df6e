"""Judgements find their item again, whoever saved the file."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pet_photos import asked, plan, sha

from labelaudit.errors import InputError
from labelaudit.review.answers import Answers, read_answers
from labelaudit.review.page import to_csv
from labelaudit.review.plan import Plan

Row = dict[str, str]


def filled(
    folder: Path, drawn: Plan, change: Callable[[list[Row]], object], mark: str = ","
) -> Path:
    """Write review.csv as a text editor would leave it."""
    rows = list(csv.DictReader(io.StringIO(to_csv(drawn), newline="")))
    change(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    file = folder / "filled.csv"
    file.write_bytes(out.getvalue().encode("utf-8-sig"))
    return file


def set_to(*words: str, **said: str) -> Callable[[list[Row]], object]:
    def change(rows: list[Row]) -> None:
        for row, word in zip(rows, words, strict=False):
            row.update(said, verdict=word)

    return change


def read(file: Path, *plans: Plan, reviewer: str = "") -> Answers:
    return read_answers(file, {each.id: each for each in plans}, reviewer)


def error_of(file: Path, *plans: Plan) -> str:
    with pytest.raises(InputError) as caught:
        read(file, *plans)
    return str(caught.value)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_judgement_gets_what_the_plan_says_of_its_item(tmp_path: Path, mark: str) -> None:
    file = filled(tmp_path, plan(), set_to("", " Suggested ", reviewer="Ada"), mark)
    found = read(file, plan(seed=1), plan())
    assert list(found.verdicts.rows()) == [
        {
            "content": sha("2.png"),
            "path": "2.png",
            "given_label": "cat",
            "suggested_label": "dog",
            "verdict": "suggested",
            "reviewer": "Ada",
            "audit": plan().id,
            "stratum": "1",
            "stratum_size": "90",
            "stratum_drawn": "1",
            "judged_before": "0",
        }
    ]
    assert found.n_blank == 1
    assert found.passed_over == ()


def test_a_list_of_fixes_is_no_audit(tmp_path: Path) -> None:
    fixes = plan(asked(stratum=-1), kind="fix", strata=())
    (row,) = read(filled(tmp_path, fixes, set_to("neither")), fixes).verdicts.rows()
    assert (row["audit"], row["stratum"], row["stratum_size"]) == ("", "-1", "0")


def test_the_reviewer_of_the_file_goes_before_the_one_said(tmp_path: Path) -> None:
    def change(rows: list[Row]) -> None:
        rows[0].update(verdict="given", reviewer="Ada")
        rows[1].update(verdict="given")

    found = read(filled(tmp_path, plan(), change), plan(), reviewer="Bo")
    assert found.verdicts.reviewer == ("Ada", "Bo")


def test_names_that_a_spreadsheet_would_mangle_come_from_the_plan(tmp_path: Path) -> None:
    drawn = plan(asked("=1.png", given_label="007", suggested_label="-1\u202e"))
    change = set_to("both", path="#NAME?", given_label="7", suggested_label="")
    (row,) = read(filled(tmp_path, drawn, change), drawn).verdicts.rows()
    assert (row["path"], row["given_label"], row["suggested_label"]) == (
        "=1.png",
        "007",
        "-1\u202e",
    )


def test_copies_are_told_apart_by_path_and_by_given_label(tmp_path: Path) -> None:
    same = sha("same")
    drawn = plan(
        asked("a.png", content=same),
        asked("b.png", content=same),
        asked("b.png", content=same, given_label="emu"),
    )
    file = filled(tmp_path, drawn, lambda rows: set_to("given", "neither", "both")(rows[::-1]))
    found = read(file, drawn).verdicts
    said = sorted(zip(found.path, found.given_label, found.verdict, strict=True))
    assert said == [
        ("a.png", "cat", "both"),
        ("b.png", "cat", "neither"),
        ("b.png", "emu", "given"),
    ]


def test_only_three_columns_are_needed_and_others_are_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(f"note,verdict,content,review\nhm,given,{sha('1.png')},{plan().id}\n")
    found = read(file, plan())
    assert found.verdicts.verdict == ("given",)
    assert found.passed_over == ("note",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_to("yes"), "line 2: verdict is none of given, suggested, neither, both, unsure"),
        (set_to("given", content=sha("x")), f"an item '{sha('x')[:12]}' that is not of review"),
        (set_to("", content=sha("x")), "that is not of review"),
        (set_to("given", review="abc"), "of a review 'abc' that is not in review-plan.json"),
        (set_to("given", "given", content=sha("1.png"), path="1.png"), ""),
        (
            set_to("given", "both", content=sha("1.png"), path="1.png"),
            "line 3: 'both'; line 2 says 'given' of the same item",
        ),
    ],
)
def test_a_wrong_line_is_named(
    tmp_path: Path, change: Callable[[list[Row]], object], said: str
) -> None:
    file = filled(tmp_path, plan(), change)
    if said:
        message = error_of(file, plan())
        assert said in message
        assert "nothing was imported" in message
        assert f"this one has {plan().id}" in message
    else:
        assert len(read(file, plan()).verdicts) == 1


def test_an_item_without_a_suggestion_has_none_that_is_right(tmp_path: Path) -> None:
    drawn = plan(asked(suggested_label=""))
    assert "no suggested label" in error_of(filled(tmp_path, drawn, set_to("both")), drawn)
    assert len(read(filled(tmp_path, drawn, set_to("neither")), drawn).verdicts) == 1


def test_a_file_without_a_plan_is_refused(tmp_path: Path) -> None:
    message = error_of(filled(tmp_path, plan(), set_to("given")))
    assert "there is no review-plan.json beside the report" in message
