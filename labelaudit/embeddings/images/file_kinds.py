"""What a file is that could not be opened as an image, by how it begins."""

import io

from PIL import Image

IMAGES = (  # what is read: how it begins, Pillow's name of the format
    (b"\xff\xd8", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  ", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"\0\0\1\0", "ICO"),
    (b"icns", "ICNS"),
)
FORMATS = ("AVIF", "BMP", "DIB", "PPM", "WEBP", *sorted({name for _, name in IMAGES}))
OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript program"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript program"),
    (b"8BPS", "a Photoshop document; export it as PNG"),
    (b"qoif", "a QOI image; convert it to PNG"),
    (b"DDS ", "a DDS texture; convert it to PNG"),
    (b"SIMPLE  =", "a FITS file"),
    (b"PK\3\4", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself; run git lfs pull"),
)
HEIF = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
UNSUPPORTED = (
    "unknown pixel mode",
    "unknown data organization",
    "Invalid value for samples per pixel",
)
N_TEXT = 512


def formats() -> tuple[str, ...]:
    """Return the formats that are read: those with a signature and a fast decoder.

    Pillow takes other files for images by little: bytes that are mostly zeros for TGA, say.
    """
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)  # AVIF from Pillow 11.3 on


def damage(data: bytes) -> str:
    """Say what is wrong with a file of a format that is read; nothing when it is none."""
    name = _image_format(data)
    if not name:
        return ""
    try:
        Image.OPEN[name][0](io.BytesIO(data), "")
    except Exception as error:  # noqa: BLE001 - damaged bytes make a decoder raise just anything
        said = str(error)
        if said in UNSUPPORTED:
            return ""
        return f"{name} whose header is damaged or says of no pixels: {said}"
    return ""


def kind(data: bytes) -> str:
    """Say what a file is that is no image, or of a format that is not read."""
    for start, what in OTHERS:
        if data.startswith(start):
            return what
    if data[4:8] == b"ftyp":
        return _iso_media(data[8:12])
    if name := _image_format(data):
        return f"{name} of a kind that Pillow does not read, such as its numbers or channels"
    text = data[:N_TEXT].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in text:
        return "an SVG drawing"
    if text.startswith((b"<!doctype html", b"<html", b"<head")):
        return f"an HTML page; {_begins(data)}"
    return _begins(data)


def _image_format(data: bytes) -> str:
    """Return the format whose signature a file has; an empty string for none that is read."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "BMP"
    if data[4:12] in {b"ftypavif", b"ftypavis"} and "AVIF" in formats():
        return "AVIF"
    return next((name for start, name in IMAGES if data.startswith(start)), "")


def _iso_media(brand: bytes) -> str:
    if brand in HEIF:
        return "HEIC, which Pillow needs a plug-in for; convert it to JPEG or PNG"
    if brand in {b"avif", b"avis"}:
        return "AVIF, which this Pillow does not read; update Pillow, or convert it to PNG"
    return "a video or another file of MPEG-4's container"


def _begins(data: bytes) -> str:
    """Say how a file begins, so that a page saved as an image is seen for what it is."""
    return f"it begins with {data[:16]!r}"
