from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.errors import InputError
from labelaudit.reading.options import Options
from labelaudit.reading.recorded import options_of, recorded

NAMES = st.text(min_size=1, max_size=6)
COLUMNS = st.lists(NAMES, max_size=3).map(tuple)


@given(
    st.builds(
        Options,
        format=st.sampled_from(["", "table"]),
        image_column=st.text(max_size=4),
        label_columns=COLUMNS,
        annotator_columns=COLUMNS,
        class_order=COLUMNS,
        label_separator=st.sampled_from(["", "|", "="]),
        annotations=st.sampled_from([None, Path("data/answers.csv"), Path("data/a/b.csv")]),
        annotations_columns=st.dictionaries(st.sampled_from(["item", "label"]), NAMES),
        label_states=st.dictionaries(NAMES, st.sampled_from(["positive", "unlabelled"])),
    )
)
def test_options_are_read_back_as_they_were_said(options: Options) -> None:
    folder = Path("data")
    found = options_of(recorded(options, folder / "items.csv"), folder / "items.csv")
    assert found.annotations is None or found.annotations.resolve() == (
        options.annotations.resolve() if options.annotations else None
    )
    assert replace(found, annotations=None) == replace(options, annotations=None)


def test_what_changes_no_label_is_not_recorded_nor_is_a_folder(tmp_path: Path) -> None:
    said = Options(metadata_columns=("age",), annotations=tmp_path / "elsewhere.csv")
    assert recorded(said, tmp_path / "data" / "items.csv") == {"annotations": ("elsewhere.csv",)}
    assert recorded(Options(), tmp_path) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"annotations": ("/etc/passwd",)},
        {"annotations": ("../secret.csv",)},
        {"metadata_columns": ("x",)},
        {"novel\x1b[31m": ("x",)},
    ],
)
def test_a_crafted_report_names_no_file_elsewhere_and_no_option_that_is_none(
    said: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"dataset\.options: ") as caught:
        options_of(said, tmp_path)
    assert "\x1b" not in str(caught.value)
