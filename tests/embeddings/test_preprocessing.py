import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pictures import waves
from PIL import Image
from tiny_models import DECLARATION

from labelaudit.embeddings.images.preprocessing import Preprocessing, fit
from labelaudit.embeddings.models.declaration import read_declaration
from labelaudit.errors import ModelError


def declared(folder: Path, **changes: object) -> Preprocessing:
    path = folder / "model.json"
    path.write_text(json.dumps(DECLARATION | changes), encoding="utf-8")
    return read_declaration(path).preprocessing


def step_by_step(image: Image.Image, wanted: Preprocessing) -> NDArray[np.float64]:
    """Resize the whole image, then cut its middle; channels last, RGB, values 0 to 255."""
    width, height = wanted.size
    how = Image.Resampling[wanted.interpolation.upper()]
    if wanted.resize == "stretch":
        return np.asarray(image.resize((width, height), how), dtype=np.float64)
    edge = wanted.resize_to or max(width, height)
    scale = edge / min(image.size)
    resized = image.resize((round(image.width * scale), round(image.height * scale)), how)
    left, top = (resized.width - width) / 2, (resized.height - height) / 2
    cut = resized.crop((int(left), int(top), int(left) + width, int(top) + height))
    return np.asarray(cut, dtype=np.float64)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "box"])
@pytest.mark.parametrize("resize_to", [0, 32, 48])
@pytest.mark.parametrize("size", [(300, 200), (200, 300), (256, 256), (160, 120)])
def test_one_step_is_close_to_resizing_and_then_cutting(
    tmp_path: Path, size: tuple[int, int], resize_to: int, interpolation: str
) -> None:
    wanted = declared(tmp_path, size=[32, 32], resize_to=resize_to, interpolation=interpolation)
    image = Image.fromarray(waves(960, 720)).resize(size, Image.Resampling.BOX)
    inputs = fit(image, replace(wanted, dtype="uint8", layout="NHWC"))
    expected = step_by_step(image, wanted)
    difference = np.abs(inputs.astype(np.float64) - expected)
    # the two cuts may be half a pixel of the result apart
    slope = max(np.abs(np.diff(expected, axis=axis)).max() for axis in (0, 1))
    assert difference.max() <= slope + 1


@pytest.mark.parametrize("resize_to", [0, 32])
def test_one_step_is_the_same_where_the_cut_meets_whole_pixels(
    tmp_path: Path, resize_to: int
) -> None:
    wanted = declared(tmp_path, size=[32, 32], resize_to=resize_to)
    image = Image.fromarray(waves(384, 256))
    inputs = fit(image, replace(wanted, dtype="uint8", layout="NHWC"))
    assert np.abs(inputs.astype(int) - step_by_step(image, wanted)).max() <= 1


def test_stretch_takes_the_whole_image(tmp_path: Path) -> None:
    wanted = declared(tmp_path, size=[20, 10], resize="stretch", layout="NHWC", scale=1.0)
    image = Image.fromarray(waves(300, 70))
    assert np.array_equal(fit(image, wanted), step_by_step(image, wanted))


def test_cut_that_is_not_square_is_filled(tmp_path: Path) -> None:
    wanted = declared(tmp_path, size=[40, 20], layout="NHWC", scale=1.0)
    inputs = fit(Image.new("RGB", (30, 90), "white"), wanted)
    assert inputs.shape == (20, 40, 3)
    assert (inputs == 255).all()


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (3, 4999)])
@pytest.mark.parametrize("resize", ["shortest_edge", "stretch"])
def test_extreme_proportions_fit(tmp_path: Path, size: tuple[int, int], resize: str) -> None:
    wanted = declared(tmp_path, resize=resize)
    assert fit(Image.new("RGB", size, "white"), wanted).shape == (3, 8, 8)


def test_colors_layout_and_numbers_are_as_declared(tmp_path: Path) -> None:
    wanted = declared(tmp_path, mean=[0.1, 0.2, 0.3], std=[0.5, 0.25, 2.0])
    image = Image.new("RGB", (8, 8), (255, 102, 51))
    rgb = fit(image, wanted)
    assert rgb.dtype == np.float32
    assert rgb.shape == wanted.shape == (3, 8, 8)
    assert np.allclose(rgb[:, 0, 0], [(1 - 0.1) / 0.5, (0.4 - 0.2) / 0.25, (0.2 - 0.3) / 2])
    bgr = fit(image, replace(wanted, color="BGR", mean=(0, 0, 0), std=(1, 1, 1)))
    assert np.allclose(bgr[:, 0, 0], [0.2, 0.4, 1])
    last = fit(image, replace(wanted, layout="NHWC"))
    assert np.array_equal(last, rgb.transpose(1, 2, 0))
    half = fit(image, replace(wanted, dtype="float16"))
    assert half.dtype == np.float16
    assert np.array_equal(half, rgb.astype(np.float16))


def test_gray_is_one_channel_of_luma(tmp_path: Path) -> None:
    wanted = declared(tmp_path, color="L", mean=[0.0], std=[1.0], scale=1.0)
    gray = fit(Image.new("RGB", (9, 9), (255, 102, 51)), wanted)
    assert gray.shape == (1, 8, 8)
    assert np.abs(gray.astype(float) - (0.299 * 255 + 0.587 * 102 + 0.114 * 51)).max() < 1


def test_bytes_are_given_as_they_are(tmp_path: Path) -> None:
    wanted = declared(tmp_path, dtype="uint8", scale=1, layout="NHWC")
    inputs = fit(Image.fromarray(waves(8, 8)), wanted)
    assert inputs.dtype == np.uint8
    assert np.array_equal(inputs, waves(8, 8))


def test_canonical_text_is_the_same_for_equal_numbers(tmp_path: Path) -> None:
    whole = declared(tmp_path, scale=1, mean=[0, 0, 0], std=[1, 1, 1], pooling="none")
    assert whole.text() == declared(tmp_path, scale=1.0).text()


def test_canonical_text_tells_declarations_apart(tmp_path: Path) -> None:
    texts = {
        declared(tmp_path, **change).text()
        for change in (
            {},
            {"color": "BGR"},
            {"resize_to": 9},
            {"mean": [0.0, 0.0, 0.1]},
            {"pooling": "cls"},
        )
    }
    assert len(texts) == 5


WRONG: dict[str, object] = {
    "input": "",
    "output": 3,
    "size": [8],
    "resize": "crop",
    "resize_to": -1,
    "interpolation": ["bilinear"],
    "color": "rgb",
    "layout": None,
    "dtype": "int8",
    "scale": 0,
    "mean": [0.0],
    "std": [1.0, 1.0, 0.0],
}


def test_every_wrong_declaration_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        declared(tmp_path, **WRONG, sise=[8, 8])
    assert "13 of the declarations are wrong" in raised.value.message
    names = [detail.partition(":")[0] for detail in raised.value.details]
    assert names == [*WRONG, "sise"]
    assert "there is no such key" in raised.value.details[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", [0, 8]),
        ("size", [True, 8]),
        ("size", [8.0, 8]),
        ("size", [10**400, 8]),
        ("size", "88"),
        ("scale", float("nan")),
        ("scale", float("inf")),
        ("scale", 10**400),
        ("scale", True),
        ("mean", [0, 0, float("nan")]),
        ("mean", {"0": 0}),
        ("std", [1, 1, -1]),
        ("resize_to", 1.5),
        ("resize_to", 7),
        ("dtype", "uint8"),
    ],
)
def test_wrong_value_names_its_key(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(ModelError) as raised:
        declared(tmp_path, **{name: value})
    assert "1 of the declarations are wrong" in raised.value.message
    assert raised.value.details[0].startswith("scale" if name == "dtype" else name)


def test_what_would_be_ignored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        declared(tmp_path, dtype="uint8", mean=[1, 0, 0], resize="stretch", resize_to=9)
    names = [detail.partition(":")[0] for detail in raised.value.details]
    assert names == ["scale", "mean", "resize_to"]


@pytest.mark.parametrize("name", list(DECLARATION))
def test_missing_key_is_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / "model.json"
    kept = {key: value for key, value in DECLARATION.items() if key != name}
    path.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(ModelError) as raised:
        read_declaration(path)
    assert f"{name}: missing" in raised.value.details


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"3"])
def test_what_is_no_declaration_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(text)
    with pytest.raises(ModelError, match=r"not a JSON file|expected a JSON object"):
        read_declaration(path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "RGB", "L", "stretch", "uint8", "NCHW", "bicubic"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*DECLARATION, "other"]), VALUES, max_size=4))
def test_any_json_is_a_declaration_or_a_model_error(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, object]
) -> None:
    try:
        wanted = declared(tmp_path_factory.getbasetemp(), **changes)
    except ModelError:
        return
    if max(wanted.size) <= 64:
        with np.errstate(over="ignore"):
            assert fit(Image.new("RGB", (5, 7)), wanted).shape == wanted.shape
