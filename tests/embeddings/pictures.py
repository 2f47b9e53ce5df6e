"""Images drawn from formulas, in the encodings and conditions that datasets have them in."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from labelaudit.embeddings.images.looks import looks_of, small_copies

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def waves(width: int, height: int) -> NDArray[np.uint8]:
    """Return a smooth picture without symmetry, shape ``(height, width, 3)``."""
    y, x = np.mgrid[:height, :width]
    channels = [128 + 100 * np.sin(x / (9 + 4 * k) + y / (17 - 3 * k) + k) for k in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def encoded(
    image: Image.Image | NDArray[np.generic], kind: str = "PNG", **options: object
) -> bytes:
    """Return an image, or the pixels of one, in an encoding."""
    out = io.BytesIO()
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    image.save(out, kind, **options)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Return the smooth picture in an encoding."""
    return encoded(waves(*size), kind, **options)


def signature(image: Image.Image) -> NDArray[np.uint8]:
    """Return the gray copy of an image that a scan keeps, shape ``(256,)``."""
    signatures, _ = looks_of([small_copies(image.convert("RGB"))])
    return signatures.reshape(-1)


def oriented(orientation: int, kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """Return the smooth picture with an EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, object] = {"quality": 95} if kind == "JPEG" else {}
    return encoded(waves(*size), kind, exif=exif, **options)


def png(
    width: int, height: int, chunks: list[tuple[bytes, bytes]], depth: int = 8, kind: int = 2
) -> bytes:
    """Return a PNG of a declared size, of color type 2 (RGB), with the chunks that are given."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return PNG_MAGIC + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in [(b"IHDR", header), *chunks, (b"IEND", b"")]
    )


def rows(packed: NDArray[np.generic]) -> tuple[bytes, bytes]:
    """Return the chunk of a PNG that holds rows of samples, each packed as the PNG wants it."""
    return b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in packed))


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG that declares a huge size."""
    return png(width, height, [(b"IDAT", zlib.compress(bytes(1000)))])


def text_bomb() -> bytes:
    """Return a good PNG with a compressed text of 80 MB before its pixels."""
    text = b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9)
    return png(20, 10, [(b"zTXt", text), rows(waves(20, 10))])


def float_tiff() -> bytes:
    """Return a TIFF of floating-point numbers between 0 and 1."""
    return encoded(np.linspace(0, 1, 200, dtype=np.float32).reshape(10, 20), "TIFF")


def tiff(
    pixels: NDArray[np.generic], tags: dict[int, tuple[int, ...]] | None = None, order: str = "<"
) -> bytes:
    """Return an uncompressed TIFF, written by hand (TIFF 6.0); tags are added or replaced.

    `pixels` are samples in the file's byte order, shape ``(height, width)`` or with channels.
    """
    height, width = pixels.shape[:2]
    n_samples = pixels.size // (height * width)
    data = pixels.tobytes()
    wanted = {
        256: (width,),
        257: (height,),
        258: (8 * pixels.itemsize,) * n_samples,
        259: (1,),
        262: (2 if n_samples == 3 else 1,),
        273: (8,),
        277: (n_samples,),
        278: (height,),
        279: (len(data),),
    } | (tags or {})
    entries = b""
    for tag, values in sorted(wanted.items()):
        long = max(values) > 65_535
        packed = struct.pack(f"{order}{len(values)}{'I' if long else 'H'}", *values)
        if len(packed) > 4:
            data, packed = data + packed, struct.pack(f"{order}I", 8 + len(data))
        head = struct.pack(f"{order}HHI", tag, 4 if long else 3, len(values))
        entries += head + packed.ljust(4, b"\0")
    magic = b"II*\0" if order == "<" else b"MM\0*"
    start = struct.pack(f"{order}I", 8 + len(data))
    return magic + start + data + struct.pack(f"{order}H", len(wanted)) + entries + bytes(4)


Frame = tuple[int, int, int, int, int]


def gif(
    size: tuple[int, int],
    frames: list[Frame],
    colors: list[tuple[int, int, int]],
    transparent: int | None = None,
) -> bytes:
    """Return a GIF written by hand: frames of one color, each left, top, width, height, color."""
    out = b"GIF89a" + struct.pack("<HHBBB", *size, 0x81, 0, 0)
    out += b"".join(bytes(color) for color in (colors + [(0, 0, 0)] * 4)[:4])
    for left, top, width, height, color in frames:
        if transparent is not None:
            out += b"\x21\xf9\x04" + struct.pack("<BHBB", 1, 10, transparent, 0)
        # a clear code before each pixel keeps LZW's codes at three bits
        codes = [code for _ in range(width * height) for code in (4, color)] + [5]
        bits = sum(code << 3 * place for place, code in enumerate(codes))
        packed = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
        blocks = [packed[at : at + 255] for at in range(0, len(packed), 255)]
        out += b"," + struct.pack("<HHHHB", left, top, width, height, 0) + b"\x02"
        out += b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    return out + b";"


def scans_bomb(n_scans: int, size: tuple[int, int] = (64, 64)) -> bytes:
    """Return a progressive JPEG that has its last scan so many times."""
    data = encoded(np.full((size[1], size[0]), 90, np.uint8), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * n_scans + data[-2:]


def fill_bytes(n_bytes: int) -> bytes:
    """Return a good JPEG whose pixels end in a run of FF and a 00, with a comment full of scans."""
    data = picture("JPEG", quality=95)
    comment = b"\xff\xfe" + struct.pack(">H", 402) + b"\xff\xda" * 200
    return data[:2] + comment + data[2:-2] + b"\xff" * n_bytes + b"\0" + data[-2:]


def stereo(kind: bytes = b"\x02\x00\x02\x00") -> bytes:
    """Return a multi-picture JPEG whose second picture is of a type, by default another view."""
    first, second = Image.fromarray(waves(60, 40)), Image.new("RGB", (60, 40), "red")
    data = bytearray(encoded(first, "MPO", quality=95, save_all=True, append_images=[second]))
    entry = data.index(b"MPF\0") + 4 + 50 + 16
    data[entry : entry + 4] = kind
    return bytes(data)


def damaged_tiff() -> bytes:
    """Return a TIFF whose strips lie beyond its end."""
    data = bytearray(picture("TIFF"))
    tags = Image.open(io.BytesIO(bytes(data))).tag_v2  # type: ignore[attr-defined]
    offset = tags[TiffImagePlugin.STRIPOFFSETS][0]
    return bytes(data[: offset + 50]) if offset < len(data) // 2 else bytes(data[: len(data) // 2])


def dicom(
    pixels: NDArray[np.generic],
    photometric: str = "MONOCHROME2",
    *,
    preamble: bool = True,
    bits: int = 0,
    **said: object,
) -> bytes:
    """Return a DICOM file of pixels, shape ``(rows, columns[, 3])`` or with frames first.

    Frames are given by ``NumberOfFrames``; other elements by their keywords.
    """
    dataset = Dataset()
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = "1.2.3.4"
    in_color = photometric in {"RGB", "YBR_FULL"}
    frame = pixels.shape[1:] if "NumberOfFrames" in said else pixels.shape
    dataset.Rows, dataset.Columns = frame[:2]
    dataset.SamplesPerPixel = 3 if in_color else 1
    if in_color:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated = 8 * pixels.itemsize
    dataset.BitsStored = bits or dataset.BitsAllocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    data = pixels.tobytes()
    dataset.PixelData = data + bytes(len(data) % 2)
    dataset["PixelData"].VR = "OW" if pixels.itemsize > 1 else "OB"
    for keyword, value in said.items():
        setattr(dataset, keyword, value)
    out = io.BytesIO()
    if preamble:
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.save_as(out, enforce_file_format=True)
    else:
        dataset.save_as(out, implicit_vr=True, little_endian=True)
    return out.getvalue()
