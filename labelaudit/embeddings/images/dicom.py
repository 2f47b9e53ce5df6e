"""From a DICOM file to 8-bit pixels, as its own rescaling, windows and lookup tables say.

Clauses are of DICOM PS3.3: Modality LUT (C.11.1), VOI LUT (C.11.2), photometric interpretation
(C.7.6.3.1.2), functional groups of multi-frame files (C.7.6.16).
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAGIC = slice(128, 132)  # "DICM", after a preamble of any content
FIRST_TAGS = re.compile(  # group 2 or 8, little endian; with the type of the value, or its length
    rb"[\x02\x08]\0[\x00-\x1a]\0(UL|OB|CS|UI|DA|TM)|\x08\0[\x00-\x1a]\0[\x00-\x40]\0\0\0"
)
DEFLATED = b"1.2.840.10008.1.2.1.99"
FILE_META = 2  # the group of elements in which a file says its transfer syntax
EIGHT_BIT = 255
UNSUPPORTED = "does not support"  # how pydicom's plugins decline what another one decodes
FUNCTIONAL = (
    ("SharedFunctionalGroupsSequence", "PixelValueTransformationSequence"),
    ("SharedFunctionalGroupsSequence", "FrameVOILUTSequence"),
    ("PerFrameFunctionalGroupsSequence", "PixelValueTransformationSequence"),
    ("PerFrameFunctionalGroupsSequence", "FrameVOILUTSequence"),
)

Brought = Literal["as stored", "window", "range"]


class NotReadError(Exception):
    """A DICOM file that is whole, as far as it can be seen, but whose picture cannot be had."""


@dataclass(frozen=True, slots=True)
class DicomImage:
    """The first frame of a DICOM file.

    Attributes
    ----------
    image
        8-bit gray (``L``) or RGB, black as small numbers.
    n_frames
        Frames in the file.
    brought
        How its numbers became 8 bits: ``as stored``, by the file's own first ``window`` or
        lookup table, or by the ``range`` from the smallest to the largest number of the frame.
    """

    image: Image.Image
    n_frames: int
    brought: Brought


def is_dicom(data: bytes) -> bool:
    """Tell by its signature whether a file is DICOM."""
    return data[MAGIC] == b"DICM"


def may_be_dicom(data: bytes) -> bool:
    """Tell whether a file may be DICOM that lacks the preamble and the signature."""
    return FIRST_TAGS.match(data) is not None


def read_dicom(data: bytes, max_pixels: int, before_load: Callable[[int], object]) -> DicomImage:
    """Return the first frame of a DICOM file as 8 bits.

    Parameters
    ----------
    data
        The file.
    max_pixels
        Rows times columns that are not exceeded.
    before_load
        Called with the number of pixels before memory is taken for them.

    Raises
    ------
    NotReadError
        When there is no pydicom, no decoder for its compression, or it has no picture.
    PIL.Image.DecompressionBombError
        When it is larger than `max_pixels`.
    """
    try:
        import pydicom
    except ImportError as error:
        raise NotReadError(
            "a DICOM file, which needs pydicom: pip install 'labelaudit[dicom]'"
        ) from error
    if _is_deflated(data):  # pydicom would inflate it all, however much that is
        raise NotReadError("a deflated DICOM file; save it in another transfer syntax")
    dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    if "Rows" not in dataset or "PixelData" not in dataset:
        what = getattr(dataset.get("SOPClassUID"), "name", "of no SOP class")
        raise NotReadError(f"a DICOM file without integer pixels: {what}")
    if dataset.Rows * dataset.Columns > max_pixels:
        raise Image.DecompressionBombError(f"{dataset.Columns} x {dataset.Rows} pixels")
    before_load(dataset.Rows * dataset.Columns)
    pixels, photometric = _first_frame(dataset)
    _use_functional_groups(dataset)
    brought: Brought = "as stored"
    if photometric == "PALETTE COLOR":
        from pydicom.pixels.processing import apply_color_lut

        colors = apply_color_lut(pixels, dataset)
        eight = (colors >> 8 * (colors.itemsize - 1)).astype(np.uint8)
    elif pixels.ndim == 3:  # noqa: PLR2004 - rows, columns, samples
        eight = (pixels >> max(0, int(dataset.BitsStored) - 8)).astype(np.uint8)
    else:
        eight, brought = _eight_bit_gray(pixels, dataset)
        eight = EIGHT_BIT - eight if photometric == "MONOCHROME1" else eight
    n_frames = int(dataset.get("NumberOfFrames") or 1)
    return DicomImage(Image.fromarray(eight), n_frames, brought)


def _is_deflated(data: bytes) -> bool:
    """Tell whether a file's meta elements, read as pydicom reads them, say that it is deflated."""
    from pydicom.filereader import read_dataset, read_preamble

    if DEFLATED not in data:
        return False
    for is_implicit in (False, True):  # it reads them again as implicit when they make no sense
        file = io.BytesIO(data)
        read_preamble(file, force=True)
        meta = read_dataset(
            file,
            is_implicit_VR=is_implicit,
            is_little_endian=True,
            stop_when=lambda tag, _vr, _length: tag >> 16 != FILE_META,
        )
        if str(meta.get("TransferSyntaxUID", "")) == DEFLATED.decode():
            return True
    return False


def _first_frame(dataset: Any) -> tuple[NDArray[Any], str]:  # noqa: ANN401 - not typed
    """Return the stored numbers of the first frame, in RGB when in color, and what they mean."""
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

    syntax = dataset.file_meta.get("TransferSyntaxUID")
    if syntax is None:  # PS3.10 wants it, but only uncompressed files do without
        syntax = ImplicitVRLittleEndian if dataset.original_encoding[0] else ExplicitVRLittleEndian
        dataset.file_meta.TransferSyntaxUID = syntax
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError as error:
        raise NotReadError(f"DICOM in {syntax.name}, which pydicom does not decode") from error
    if decoder.is_available:
        try:
            pixels, about = decoder.as_array(dataset, index=0)
        except RuntimeError as error:
            if UNSUPPORTED not in str(error):
                raise
        else:
            return pixels, str(about["photometric_interpretation"])
    raise NotReadError(
        f"DICOM in {syntax.name}, which needs a decoder: pip install {_packages(syntax.name)}"
    )


def _packages(syntax: str) -> str:
    """Return the packages by which pydicom decodes a transfer syntax that it does not by itself."""
    if "JPEG-LS" in syntax:
        return "pyjpegls"
    return f"pylibjpeg pylibjpeg-{'openjpeg' if '2000' in syntax else 'libjpeg'}"


def _use_functional_groups(dataset: Any) -> None:  # noqa: ANN401 - as above
    """Bring what a multi-frame file says of its first frame to where other files say it."""
    for groups, macro in FUNCTIONAL:
        for group in (dataset.get(groups) or [])[:1]:
            for said in (group.get(macro) or [])[:1]:
                dataset.update(said)


def _eight_bit_gray(
    stored: NDArray[np.generic],
    dataset: Any,  # noqa: ANN401 - as above
) -> tuple[NDArray[np.uint8], Brought]:
    """Bring gray numbers to 8 bits by the file's window, else its lookup table, else range."""
    values = _rescaled(stored, dataset)
    if (window := _window(dataset)) is not None:
        return _rounded(windowed(values, *window)), "window"
    if dataset.get("VOILUTSequence"):
        looked_up, most = _looked_up(values, dataset.VOILUTSequence[0], dataset)
        return _rounded(looked_up * (EIGHT_BIT / most)), "window"
    bits, unsigned = int(dataset.BitsStored), stored.dtype.kind == "u"
    if bits <= 8 and unsigned and values.dtype == stored.dtype:  # noqa: PLR2004 - 8 bits
        return _rounded(values * np.float32(EIGHT_BIT / (2**bits - 1))), "as stored"
    low, high = float(values.min()), float(values.max())
    return _rounded((values - low) * (EIGHT_BIT / max(high - low, 1e-12))), "range"


def _rescaled(stored: NDArray[np.generic], dataset: Any) -> NDArray[Any]:  # noqa: ANN401 - as above
    """Return what the stored numbers mean, such as Hounsfield units (C.11.1)."""
    if dataset.get("ModalityLUTSequence"):
        return _looked_up(stored, dataset.ModalityLUTSequence[0], dataset)[0]
    slope = float(dataset.get("RescaleSlope") or 1)
    intercept = float(dataset.get("RescaleIntercept") or 0)
    if (slope, intercept) == (1, 0):
        return stored
    return stored.astype(np.float32) * np.float32(slope) + np.float32(intercept)


def _looked_up(
    values: NDArray[Any],
    item: Any,  # noqa: ANN401 - as above
    dataset: Any,  # noqa: ANN401 - as above
) -> tuple[NDArray[Any], int]:
    """Return values by a lookup table, and the largest number it may hold (C.11.2.1.1)."""
    n_entries, first, bits = (int(number) for number in item.LUTDescriptor)
    table = item.LUTData
    if isinstance(table, bytes):
        order = "<" if dataset.original_encoding[1] else ">"
        n_entries = n_entries or 2**16
        table = np.frombuffer(table, np.uint8 if len(table) == n_entries else f"{order}u2")
    table = np.asarray(table, dtype=np.int64).reshape(-1)
    place = np.clip(np.rint(values).astype(np.int64) - first, 0, len(table) - 1)
    return table[place], 2**bits - 1


def _window(dataset: Any) -> tuple[float, float, str] | None:  # noqa: ANN401 - as above
    """Return center, width and function of the first window; None when there is none to use."""
    center, width = (_first(dataset.get(name)) for name in ("WindowCenter", "WindowWidth"))
    function = str(dataset.get("VOILUTFunction") or "LINEAR")
    least = 1.0 if function == "LINEAR" else 0.0
    if center is None or width is None or width < least or not width:
        return None
    return center, width, function


def _first(said: Any) -> float | None:  # noqa: ANN401 - as above
    """Return the first of one or more decimal strings."""
    values = np.atleast_1d(np.array([] if said is None else said, dtype=np.float64))
    return float(values[0]) if len(values) else None


def windowed(
    values: NDArray[Any], center: float, width: float, function: str = "LINEAR"
) -> NDArray[np.float32]:
    """Return values as 0 to 255 by a window (PS3.3 C.11.2.1.2 and C.11.2.1.3).

    Examples
    --------
    >>> windowed(np.array([39, 40, 41]), 40, 2).tolist()
    [0.0, 255.0, 255.0]
    >>> windowed(np.array([0, 50, 100]), 50, 100, "LINEAR_EXACT").tolist()
    [0.0, 127.5, 255.0]
    """
    wide = values.astype(np.float32)
    if function == "SIGMOID":
        with np.errstate(over="ignore"):
            curve: NDArray[np.float32] = EIGHT_BIT / (1 + np.exp(-4 * (wide - center) / width))
        return curve
    if function == "LINEAR":
        low, length = center - 0.5 - (width - 1) / 2, width - 1
    else:
        low, length = center - width / 2, width
    if not length:  # a window of one number is a threshold
        return np.where(wide > low, np.float32(EIGHT_BIT), np.float32(0))
    line: NDArray[np.float32] = np.clip((wide - low) / length, 0, 1) * EIGHT_BIT
    return line


def _rounded(values: NDArray[Any]) -> NDArray[np.uint8]:
    return np.floor(values + 0.5).astype(np.uint8)
