"""From the bytes of an image to upright 8-bit RGB, by one policy that says what it changed."""

import ctypes
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from PIL import ExifTags, Image, UnidentifiedImageError, _imaging

from labelaudit.embeddings.images.dicom import NotReadError, is_dicom, may_be_dicom, read_dicom
from labelaudit.embeddings.images.file_kinds import damage, formats, kind
from labelaudit.embeddings.images.identity import MOST_PIXELS, jpeg_sha256, pixels_sha256
from labelaudit.embeddings.images.jpeg import enough, is_jpeg, n_scans
from labelaudit.embeddings.images.rgb import (
    NoBlackAndWhiteError,
    bits_of,
    drawn_part,
    is_sixteen_bit,
    on_white,
    prepare,
    to_rgb,
)

POLICY = "decode-3"
MAX_PIXELS = 89_478_485  # the size from which Pillow itself warns of a decompression bomb
BOMBS = ("MAX_TEXT_", "decompression bomb")  # in what Pillow says of texts, and of files in files
MAX_SCANS = 100  # of a JPEG; encoders write 1 to 20, and each costs a pass over all pixels
TURNS = {  # Exif 2.32, tag Orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
MP_ENTRIES = 0xB002  # CIPA DC-007: what the pictures of a multi-picture JPEG are
VIEWS = "Multi-Frame"  # its types but for previews and gain maps


class Status(IntEnum):
    """Whether an item's image could be read."""

    OK = 0
    MISSING = 1
    EMPTY = 2
    TRUNCATED = 3
    NOT_AN_IMAGE = 4
    TOO_LARGE = 5


class Oddity(IntFlag):
    """What was changed to get upright 8-bit RGB."""

    NONE = 0
    ROTATED = 1
    SIXTEEN_BIT = 2
    CMYK = 4
    ALPHA = 8
    ANIMATED = 16
    GRAYSCALE = 32
    WINDOWED = 64
    STRETCHED = 128


class UnreadableError(Exception):
    """An image that cannot be read, with its status."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright 8-bit RGB image, its stored size, what was changed, and which image it is.

    The last, a SHA-256, is empty where nobody asked.
    """

    image: Image.Image
    width: int
    height: int
    oddities: Oddity
    sha256: bytes = b""


def decode(
    data: bytes,
    *,
    at_least: int = 0,
    identify: bool = False,
    before_load: Callable[[int], object] = lambda _: None,
) -> Decoded:
    """Decode an image to upright 8-bit RGB.

    EXIF rotation is applied; 16 bits become the upper 8; transparency becomes white; CMYK is
    converted; of several frames or pages the first is taken; DICOM is brought to 8 bits by its
    first window or lookup table, else by the range of its numbers. Color profiles and gamma are
    not applied, as the loaders that models are trained with do not either. Numbers that have no
    declared black and white (floating-point, 32 bits) are no image.

    What is read depends on the bytes alone, never on the name of the file.

    Parameters
    ----------
    data
        The encoded image.
    at_least
        Shorter side in pixels that is enough; a large JPEG is then made 1/2, 1/4 or 1/8 as large,
        where that moves nothing by more than a quarter of such a pixel. 0 for full size.
    identify
        Also hash the pixels, all of them, whatever is enough; of a JPEG of more than
        `MOST_PIXELS`, the data that they are decoded from.
    before_load
        Called with the number of pixels before memory is taken for them.

    Returns
    -------
    The image, its stored size, and what was changed.

    Raises
    ------
    UnreadableError
        When it is empty, no image, truncated, or larger than `MAX_PIXELS`.
    """
    if not data:
        raise UnreadableError(Status.EMPTY, "the file is empty")
    try:
        return _decoded(data, at_least, before_load, identify=identify)
    except UnreadableError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableError(Status.TOO_LARGE, f"a decompression bomb? {error}") from error
    except MemoryError as error:
        raise UnreadableError(Status.TOO_LARGE, "it does not fit into memory") from error
    except (NotReadError, NoBlackAndWhiteError) as error:
        raise UnreadableError(Status.NOT_AN_IMAGE, str(error)) from error
    except Exception as error:  # damaged bytes make a decoder raise just anything
        said = " ".join(str(error).split()) or type(error).__name__
        if any(words in said for words in BOMBS):
            raise UnreadableError(Status.TOO_LARGE, f"a decompression bomb? {said}") from error
        raise UnreadableError(Status.TRUNCATED, f"truncated or damaged: {said}") from error


@contextmanager
def pillow_warnings_ignored() -> Iterator[None]:
    """Ignore what Pillow and libtiff print of odd files: `decode` returns what matters of it.

    Filters and handlers belong to the whole process: enter it before threads start, not in each.
    """
    logger, nowhere = logging.getLogger("PIL"), logging.NullHandler()
    logger.addHandler(nowhere)
    before = _set_libtiff_handler(None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        _set_libtiff_handler(before)
        logger.removeHandler(nowhere)


def _decoded(
    data: bytes, at_least: int, before_load: Callable[[int], object], *, identify: bool
) -> Decoded:
    if is_dicom(data):
        return _from_dicom(data, before_load, identify=identify)
    try:
        image = Image.open(io.BytesIO(data), formats=formats())
    except UnidentifiedImageError:
        return _unidentified(data, before_load, identify=identify)
    width, height = image.size
    _check_size(image, data)
    oddities = _oddities(image)
    if image.format == "TIFF":
        width, height = image.tag_v2[256], image.tag_v2[257]  # type: ignore[attr-defined]
    undecoded = identify and is_jpeg(image) and width * height > MOST_PIXELS
    scale = enough(image, at_least)
    if scale > 1 and (undecoded or not identify):
        image.draft(None, (width // scale, height // scale))
        scale = 1
    prepare(image)
    bits, drawn = bits_of(image), drawn_part(image)
    before_load(image.width * image.height)
    image.load()
    orientation = _orientation(image)
    turn = TURNS.get(orientation)
    rgb = to_rgb(image, bits)
    if drawn is not None:
        rgb, oddities = on_white(rgb, drawn), oddities | Oddity.ALPHA
    if turn is not None:
        rgb, oddities = rgb.transpose(turn), oddities | Oddity.ROTATED
    sha256 = b""
    if identify:
        turned = orientation if turn is not None else 1
        sha256 = jpeg_sha256(data, turned) if undecoded else pixels_sha256(rgb)
    return Decoded(rgb.reduce(scale) if scale > 1 else rgb, width, height, oddities, sha256)


def _unidentified(data: bytes, before_load: Callable[[int], object], *, identify: bool) -> Decoded:
    """Return a DICOM image without preamble; of what else Pillow does not open, say what it is."""
    if may_be_dicom(data):
        return _from_dicom(data, before_load, identify=identify)
    if what := damage(data):
        raise UnreadableError(Status.TRUNCATED, f"truncated or damaged: {what}")
    raise UnreadableError(Status.NOT_AN_IMAGE, f"not an image that can be read: {kind(data)}")


def _from_dicom(data: bytes, before_load: Callable[[int], object], *, identify: bool) -> Decoded:
    found = read_dicom(data, MAX_PIXELS, before_load)
    brought = {"as stored": Oddity.NONE, "window": Oddity.WINDOWED, "range": Oddity.STRETCHED}
    oddities = brought[found.brought]
    if found.n_frames > 1:
        oddities |= Oddity.ANIMATED
    if found.image.mode == "L":
        oddities |= Oddity.GRAYSCALE
    rgb = to_rgb(found.image)
    return Decoded(rgb, *rgb.size, oddities, pixels_sha256(rgb) if identify else b"")


def _check_size(image: Image.Image, data: bytes) -> None:
    """Raise when an image would take more memory or time than an image may."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnreadableError(
            Status.TOO_LARGE,
            f"{width} x {height} pixels, more than {MAX_PIXELS:,}: a decompression bomb?",
        )
    if data.count(b"\xff\xda") > MAX_SCANS and (scans := n_scans(data)) > MAX_SCANS:
        raise UnreadableError(
            Status.TOO_LARGE,
            f"a JPEG of {scans:,} scans, more than {MAX_SCANS}: a decompression bomb?",
        )


def _oddities(image: Image.Image) -> Oddity:
    """Return what an image says of itself before it is loaded, when some of it gets lost."""
    oddities = Oddity.NONE
    if _has_frames(image):
        oddities |= Oddity.ANIMATED
    if image.format == "TIFF" and _orientation(image) in TURNS:
        oddities |= Oddity.ROTATED  # loading it will turn it
    if is_sixteen_bit(image):
        oddities |= Oddity.SIXTEEN_BIT
    if image.has_transparency_data:
        oddities |= Oddity.ALPHA
    if image.mode == "CMYK":
        oddities |= Oddity.CMYK
    if image.mode in {"1", "L", "LA", "La"} or image.mode.startswith("I"):
        oddities |= Oddity.GRAYSCALE
    return oddities


def _has_frames(image: Image.Image) -> bool:
    """Tell whether there are more frames, pages or views; a phone's preview or gain map is none."""
    if image.format == "MPO":
        entries = image.mpinfo[MP_ENTRIES]  # type: ignore[attr-defined]
        return any(VIEWS in entry["Attribute"]["MPType"] for entry in entries)
    return bool(getattr(image, "is_animated", False))


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation; 1, upright, when the EXIF is damaged, as the pixels are not."""
    try:
        said = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - damaged EXIF makes Pillow raise just anything
        return 1
    return said if isinstance(said, int) else 1


def _set_libtiff_handler(handler: int | None) -> int | None:
    """Set what libtiff calls to print an error, None for nothing; return what it called before."""
    try:
        setter = ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler
    except (AttributeError, OSError):  # a Pillow without libtiff, or with one that hides its names
        return None
    setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
    before: int | None = setter(handler)
    return before
