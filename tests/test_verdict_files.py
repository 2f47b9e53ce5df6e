"""Verdicts come back as they were written, and what is wrong in a file is said by line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.errors import InputError, OutputError
from labelaudit.verdicts import (
    WORDS,
    from_rows,
    merge,
    read_verdicts,
    verdicts_path,
    write_verdicts,
)

HASH = "ab" * 32


def row(**said: str) -> dict[str, str]:
    return {
        "content": HASH,
        "path": "cat/1.png",
        "given_label": "cat",
        "suggested_label": "dog",
        "verdict": "given",
        "reviewer": "Ada",
        "audit": "a1",
        "stratum": "2",
        "stratum_size": "900",
        "stratum_drawn": "20",
        "judged_before": "0",
    } | said


def written(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "verdicts.csv"
    write_verdicts(file, from_rows(rows))
    return file


def error_of(file: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_verdicts(file)
    return str(caught.value)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    path=NAMES, label=NAMES, reviewer=st.sampled_from(["=1+1", "'-x", "-1", "\ta", "'", "a\r\nb"])
)
def test_every_name_comes_back(
    tmp_path_factory: pytest.TempPathFactory, path: str, label: str, reviewer: str
) -> None:
    rows = [row(path=path, given_label=label, reviewer=reviewer), row(path="x" + path)]
    file = written(tmp_path_factory.mktemp("names"), *rows)
    assert list(read_verdicts(file).rows()) == rows


def test_columns_have_their_types(tmp_path: Path) -> None:
    found = read_verdicts(written(tmp_path, row(), row(path="b", verdict="unsure")))
    assert found.verdict == ("given", "unsure")
    assert found.stratum_size.dtype == np.int64
    assert found.stratum_size.tolist() == [900, 900]
    assert len(found) == 2


def test_a_file_has_a_header_and_no_formula(tmp_path: Path) -> None:
    text = written(tmp_path, row(given_label="=HYPERLINK(1)", path="-1")).read_text()
    header, line = text.splitlines()
    assert header.split(",") == list(row())
    assert line == f"{HASH},-1,'=HYPERLINK(1),dog,given,Ada,a1,2,900,20,0"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_save_is_read(tmp_path: Path, separator: str, end: str) -> None:
    lines = written(tmp_path, row(), row(path="b")).read_text().splitlines()
    saved = [line.replace(",", separator) + separator * 3 for line in [*lines, "," * 9]]
    file = tmp_path / "saved.csv"
    file.write_bytes(b"\xef\xbb\xbf" + end.join(saved).encode())
    assert list(read_verdicts(file).rows()) == [row(), row(path="b")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"verdict": "yes"}, "verdict is none of given, suggested, neither, both, unsure"),
        ({"verdict": ""}, "found ''"),
        ({"content": "12"}, "content is no SHA-256 in hexadecimal; found '12'"),
        ({"verdict": "both", "suggested_label": ""}, "there is no suggested label"),
        ({"stratum_drawn": "901"}, "901 drawn of 900"),
        ({"stratum": "-1"}, "of a drawn sample, with stratum -1"),
        ({"stratum": "1000"}, "of a drawn sample, with stratum 1000"),
        ({"judged_before": "-1"}, "judged_before is -1"),
        ({"audit": ""}, "of no drawn sample, and stratum is 2, not -1"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    message = error_of(written(tmp_path, row(path="a"), row(**wrong)))
    assert "line 3: " in message
    assert said in message
    assert "hint: " in message


def test_numbers_are_whole_numbers(tmp_path: Path) -> None:
    file = written(tmp_path, row())
    file.write_text(file.read_text().replace(",900,20", ",9e2,x"))
    message = error_of(file)
    assert "line 2: stratum_size is no whole number; found '9e2'" in message
    assert "line 2: stratum_drawn is no whole number; found 'x'" in message


def test_all_wrong_lines_are_said_at_once(tmp_path: Path) -> None:
    message = error_of(written(tmp_path, *(row(path=str(n), verdict="?") for n in range(30))))
    assert "30 problems in 30 verdicts" in message
    assert "line 21: " in message
    assert "line 22: " not in message
    assert "and 10 more" in message


def test_the_line_is_where_the_row_starts(tmp_path: Path) -> None:
    assert "line 4: " in error_of(written(tmp_path, row(path="two\nlines"), row(verdict="?")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reviewer,", "", "columns are missing: 'reviewer'"),
        ("reviewer,", "path,", "columns are missing: 'reviewer'"),
        ("reviewer,", "reviewer,path,", "columns come twice: 'path'"),
        ("reviewer,", "reviewer,note,", "unknown columns: 'note'"),
    ],
)
def test_columns_are_the_ones_there_are(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = written(tmp_path, row())
    file.write_text(file.read_text().replace(old, new, 1))
    assert said in error_of(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"content\n\xe9", "line 2: byte 0xe9 is not UTF-8"),
        (b'content,path\n"a', "line 2: "),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_bytes(content)
    assert said in error_of(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in error_of(tmp_path / "none.csv")
    assert "cannot be read: Is a directory" in error_of(tmp_path)


def test_a_row_wider_than_its_header_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, row())
    file.write_text(file.read_text().replace("cat/1.png", "cat,1.png"))
    assert "line 2: 12 cells instead of 11" in error_of(file)


def test_one_verdict_a_reviewer_an_item_and_an_audit(tmp_path: Path) -> None:
    message = error_of(written(tmp_path, row(), row(reviewer="Bo"), row(verdict="neither")))
    assert "line 4: the same item, reviewer and audit as line 2" in message


def test_a_stratum_has_one_size(tmp_path: Path) -> None:
    message = error_of(written(tmp_path, row(), row(path="b", stratum_size="901")))
    assert "line 3: 20 drawn of 901 in stratum 2; line 2 says 20 of 900" in message


def test_a_merge_replaces_the_same_judgement_alone() -> None:
    old = from_rows([row(), row(reviewer="Bo"), row(audit="a0"), row(path="b")])
    new = from_rows([row(verdict="neither"), row(path="b"), row(path="c")])
    merged, replaced = merge(old, new)
    assert replaced == 1
    assert list(merged.rows()) == [
        row(verdict="neither"),
        row(reviewer="Bo"),
        row(audit="a0"),
        row(path="b"),
        row(path="c"),
    ]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_read(tmp_path: Path, word: str) -> None:
    assert read_verdicts(written(tmp_path, row(verdict=word))).verdict == (word,)


def test_columns_of_several_lengths_are_refused() -> None:
    whole = from_rows([row()])
    with pytest.raises(ValueError, match="several lengths"):
        type(whole)(**{name: getattr(whole, name) for name in whole.__slots__} | {"path": ()})


def test_verdicts_are_kept_beside_the_dataset(tmp_path: Path) -> None:
    manifest = tmp_path / "metadata.csv"
    manifest.touch()
    assert (
        verdicts_path(tmp_path) == verdicts_path(manifest) == tmp_path / "labelaudit-verdicts.csv"
    )


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_verdicts(tmp_path / "none" / "verdicts.csv", from_rows([row()]))
    taken = tmp_path / "verdicts.csv"
    taken.mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_verdicts(taken, from_rows([row()]))
    assert [file.name for file in tmp_path.iterdir()] == ["verdicts.csv"]


def test_verdicts_keep_their_order(tmp_path: Path) -> None:
    later = {"audit": "a2", "stratum": "0", "judged_before": "1"}
    first, second = row(), row(content="cd" * 32, **later)
    assert read_verdicts(written(tmp_path, first, second)).judged_before.tolist() == [0, 1]
    message = error_of(written(tmp_path, second, first))
    assert "line 2: of sample a2, drawn when 1 items had been judged" in message
