import io
import math
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pictures import dicom, encoded, waves
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from labelaudit.embeddings.images.decode import (
    Oddity,
    Status,
    UnreadableError,
    decode,
    pillow_warnings_ignored,
)
from labelaudit.embeddings.images.dicom import windowed
from labelaudit.manifests import open_dataset

GRAY = Oddity.GRAYSCALE
Formula = Callable[[float, float, float], float]


def gray(data: bytes) -> list[list[int]]:
    with pillow_warnings_ignored():
        image = np.asarray(decode(data).image)
    assert (image == image[:, :, :1]).all()
    levels: list[list[int]] = image[:, :, 0].tolist()
    return levels


def refused(data: bytes) -> UnreadableError:
    with pillow_warnings_ignored(), pytest.raises(UnreadableError) as raised:
        decode(data)
    return raised.value


def linear(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.2.1, with y from 0 to 255."""
    if x <= center - 0.5 - (width - 1) / 2:
        return 0
    if x > center - 0.5 + (width - 1) / 2:
        return 255
    return ((x - (center - 0.5)) / (width - 1) + 0.5) * 255


def linear_exact(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.3.2, with y from 0 to 255."""
    if x <= center - width / 2:
        return 0
    if x > center + width / 2:
        return 255
    return ((x - center) / width + 0.5) * 255


def sigmoid(x: float, center: float, width: float) -> float:
    """PS3.3 C.11.2.1.3.1, with y from 0 to 255."""
    return 255 / (1 + math.exp(-4 * (x - center) / width))


@pytest.mark.parametrize(
    ("function", "formula"),
    [("LINEAR", linear), ("LINEAR_EXACT", linear_exact), ("SIGMOID", sigmoid)],
)
@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.integers(-3000, 3000), min_size=1, max_size=20),
    center=st.integers(-500, 500),
    width=st.integers(1, 4000),
)
def test_a_window_is_what_the_standard_says(
    function: str, formula: Formula, values: list[int], center: int, width: int
) -> None:
    seen = windowed(np.array(values), center, width, function)
    wanted = [
        (255.0 if x > center - 0.5 else 0.0)
        if formula is linear and width == 1
        else formula(max(x, center - 40 * width), center, width)
        for x in values
    ]
    assert np.allclose(seen, wanted, atol=0.01)


def test_hounsfield_units_are_windowed_by_hand() -> None:
    # stored 0, 1024, 1064, 1104, 2048 are -1024, 0, 40, 80, 1024 HU; window 40 +- 40:
    # -0.5 < x <= 79.5 - 0.5, so 0 HU is ((0 - 39.5) / 79 + .5) * 255 = 0, 40 HU is 129.11
    stored = np.array([[0, 1024, 1064, 1104, 2048]], np.uint16)
    data = dicom(
        stored, bits=12, RescaleSlope="1", RescaleIntercept="-1024", WindowCenter="40",
        WindowWidth="80",
    )  # fmt: skip
    assert gray(data) == [[0, 0, 129, 255, 255]]
    assert decode(data).oddities == GRAY | Oddity.WINDOWED


def test_the_first_of_several_windows_is_taken() -> None:
    stored = np.array([[0, 50, 100]], np.uint16)
    data = dicom(
        stored, VOILUTFunction="LINEAR_EXACT", WindowCenter=["50", "5000"],
        WindowWidth=["100", "9000"],
    )  # fmt: skip
    assert gray(data) == [[0, 128, 255]]


def test_without_a_window_the_range_of_the_numbers_is_taken() -> None:
    data = dicom(np.array([[-1000, 0, 1000]], np.int16))
    assert gray(data) == [[0, 128, 255]]
    assert decode(data).oddities == GRAY | Oddity.STRETCHED
    no_width = dicom(np.array([[10, 20, 30]], np.uint16), WindowCenter="0", WindowWidth="0")
    assert gray(no_width) == [[0, 128, 255]]
    assert gray(dicom(np.full((2, 2), 7, np.uint16))) == [[0, 0], [0, 0]]


def test_eight_bits_without_a_window_stay_as_they_are() -> None:
    stored = waves(20, 10)[:, :, 0]
    assert gray(dicom(stored)) == stored.tolist()
    assert decode(dicom(stored)).oddities == GRAY
    assert gray(dicom(np.array([[0, 1, 3]], np.uint8), bits=2)) == [[0, 85, 255]]


def test_monochrome1_is_inverted() -> None:
    stored = waves(20, 10)[:, :, 0]
    assert gray(dicom(stored, "MONOCHROME1")) == (255 - stored).tolist()


def lut(first: int, values: list[int], bits: int) -> list[Dataset]:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(values), first, bits])
    item.add_new("LUTData", "US", values)
    return [item]


def test_lookup_tables_are_applied() -> None:
    # below the first number mapped the first entry holds, above the last one the last
    stored = np.array([[0, 10, 11, 12, 99]], np.uint16)
    assert gray(dicom(stored, VOILUTSequence=lut(10, [0, 1023, 511], 10))) == [
        [0, 0, 255, 127, 127]
    ]
    both = dicom(
        stored, ModalityLUTSequence=lut(10, [0, 50, 100], 16), WindowCenter="50",
        WindowWidth="100", VOILUTFunction="LINEAR_EXACT",
    )  # fmt: skip
    assert gray(both) == [[0, 0, 128, 255, 255]]


def test_color_is_taken_as_it_is() -> None:
    data = dicom(waves(20, 10), "RGB")
    assert np.array_equal(np.asarray(decode(data).image), waves(20, 10))
    assert decode(data).oddities == Oddity.NONE
    deep = dicom(waves(20, 10).astype(np.uint16) << 8, "RGB")
    assert np.array_equal(np.asarray(decode(deep).image), waves(20, 10))


def test_ybr_becomes_rgb() -> None:
    y, cb, cr = 120.0, 90.0, 180.0  # PS3.3 C.7.6.3.1.2, inverted
    wanted = [y + 1.402 * (cr - 128), y - 0.344 * (cb - 128) - 0.714 * (cr - 128),
              y + 1.772 * (cb - 128)]  # fmt: skip
    data = dicom(np.full((4, 4, 3), (y, cb, cr), np.uint8), "YBR_FULL")
    assert np.abs(np.asarray(decode(data).image) - np.array(wanted)).max() <= 1


def test_the_first_frame_is_taken_and_the_others_are_said() -> None:
    frames = np.stack([waves(20, 10)[:, :, channel] for channel in range(3)])
    data = dicom(frames, NumberOfFrames=3)
    assert gray(data) == frames[0].tolist()
    assert decode(data).oddities == GRAY | Oddity.ANIMATED


def test_what_functional_groups_say_of_the_first_frame_holds() -> None:
    def group(center: str) -> Dataset:
        voi, values, group = Dataset(), Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth, voi.VOILUTFunction = center, "100", "LINEAR_EXACT"
        values.RescaleSlope, values.RescaleIntercept = "1", "-1000"
        group.FrameVOILUTSequence, group.PixelValueTransformationSequence = [voi], [values]
        return group

    data = dicom(
        np.array([[[1000, 1050, 1100]], [[0, 0, 0]]], np.uint16),
        NumberOfFrames=2,
        PerFrameFunctionalGroupsSequence=[group("50"), group("9000")],
    )
    assert gray(data) == [[0, 128, 255]]


@pytest.mark.parametrize("preamble", [True, False])
def test_dicom_is_known_with_and_without_its_preamble(*, preamble: bool) -> None:
    stored = waves(20, 10)[:, :, 0]
    assert gray(dicom(stored, preamble=preamble)) == stored.tolist()
    decoded = decode(dicom(stored, preamble=preamble))
    assert (decoded.width, decoded.height) == (20, 10)


def test_a_tiff_in_the_preamble_changes_nothing() -> None:
    stored = waves(20, 10)[:, :, 0]
    assert gray(encoded(waves(8, 8), "TIFF")[:128] + dicom(stored)[128:]) == stored.tolist()


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("MR_small_jpeg_ls_lossless.dcm", "which needs a decoder: pip install pyjpegls"),
        ("SC_rgb_jpeg_gdcm.dcm", "pip install pylibjpeg pylibjpeg-libjpeg"),
        ("JPGExtended.dcm", "pip install pylibjpeg pylibjpeg-libjpeg"),
    ],
)  # fmt: skip
def test_compression_without_a_decoder_is_refused_with_the_package_to_install(
    name: str, package: str
) -> None:
    error = refused(shipped(name))
    assert error.status is Status.NOT_AN_IMAGE
    assert package in str(error)


def shipped(name: str) -> bytes:
    """Return a file that pydicom itself is tested with, and ships."""
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return Path(path).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["RLE", "bigendian", "expb", "implicit", "jp2klossless", "padded"],
)
def test_one_picture_in_other_transfer_syntaxes_is_the_same(name: str) -> None:
    assert gray(shipped(f"MR_small_{name}.dcm")) == gray(shipped("MR_small.dcm"))


def test_a_shipped_picture_agrees_with_pydicom() -> None:
    dataset = pydicom.dcmread(io.BytesIO(shipped("MR_small.dcm")))
    center, width = float(dataset.WindowCenter), float(dataset.WindowWidth)
    wanted: NDArray[np.float64] = np.vectorize(linear)(dataset.pixel_array, center, width)
    assert np.abs(np.array(gray(shipped("MR_small.dcm"))) - wanted).max() <= 0.51


def test_files_in_class_folders_and_tables_are_items(tmp_path: Path) -> None:
    for name in ("one/a.dcm", "two/b.DCM", "two/c.dicom"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(dicom(waves(8, 8)[:, :, 0]))
    assert open_dataset(tmp_path).n_samples == 3
    table = tmp_path / "table.csv"
    table.write_text("image,label\none/a.dcm,one\ntwo/b.DCM,two\n")
    dataset = open_dataset(table)
    assert dataset.media is not None
    assert gray(dataset.media.read(1)) == waves(8, 8)[:, :, 0].tolist()


def test_without_pydicom_the_file_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydicom", None)
    for preamble in (True, False):
        error = refused(dicom_made_before(preamble=preamble))
        assert error.status is Status.NOT_AN_IMAGE
        assert "pip install 'labelaudit[dicom]'" in str(error)


def dicom_made_before(*, preamble: bool) -> bytes:
    return MADE[preamble]


MADE = {preamble: dicom(waves(8, 8)[:, :, 0], preamble=preamble) for preamble in (True, False)}


def test_a_file_without_pixels_says_what_it_is() -> None:
    error = refused(shipped("rtplan.dcm"))
    assert error.status is Status.NOT_AN_IMAGE
    assert "RT Plan Storage" in str(error)


@pytest.mark.parametrize("end", [140, 200, 400, -20])
def test_a_truncated_file_is_refused(end: int) -> None:
    assert refused(dicom(waves(20, 10), "RGB")[:end]).status in {
        Status.TRUNCATED,
        Status.NOT_AN_IMAGE,
    }


def test_a_bomb_is_refused_by_its_header() -> None:
    large = dicom(np.zeros((2, 2), np.uint8), Rows=30_000, Columns=30_000)
    assert refused(large).status is Status.TOO_LARGE


def test_a_deflated_file_is_refused_unopened() -> None:
    error = refused(shipped("image_dfl.dcm"))
    assert error.status is Status.NOT_AN_IMAGE
    assert "a deflated DICOM file" in str(error)


def deflated(before: bytes, n_bytes: int) -> bytes:
    """Return a deflated DICOM file of zeros with a meta element before its transfer syntax."""
    syntax = b"1.2.840.10008.1.2.1.99"
    meta = before + b"\2\0\x10\0UI" + struct.pack("<H", len(syntax)) + syntax
    packer = zlib.compressobj(9, wbits=-15)
    return bytes(128) + b"DICM" + meta + packer.compress(bytes(n_bytes)) + packer.flush()


@pytest.mark.parametrize("n_before", [0, 2000, 300_000])
def test_a_deflated_file_is_refused_wherever_it_says_so(n_before: int) -> None:
    before = b"\2\0\1\0OB\0\0" + struct.pack("<I", n_before) + bytes(n_before)
    data = deflated(before, 40_000_000)
    tracemalloc.start()
    error = refused(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "a deflated DICOM file" in str(error)
    assert peak < 10_000_000


def test_a_file_that_names_deflation_elsewhere_is_read() -> None:
    stored = waves(20, 10)[:, :, 0]
    assert gray(dicom(stored, ImageComments="1.2.840.10008.1.2.1.99")) == stored.tolist()
