"""Small files that would take gigabytes or hours, and DICOM."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from odd import DAMAGED, LOSSY, NO_IMAGE, REFUSED, SIZE, TOO_LARGE, Odd, gray_waves, three
from pictures import bomb, dicom, fill_bytes, picture, png, rows, scans_bomb, text_bomb, tiff, waves


def bombs_of_size() -> Iterator[Odd]:
    """Declare billions of pixels, in each format that can."""
    for width, height in ((30_000, 30_000), (12_000, 10_000), (2**31 - 1, 1), (1, 2**31 - 1)):
        yield Odd(name=f"bomb {width}x{height}.png", data=bomb(width, height), refused=REFUSED)
    flat = zlib.compress(bytes(2_000_000), 9)
    png_of_zeros = png(60_000, 10_000, [(b"IDAT", flat)])
    screen = b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\2\2\x44\1\0;"
    side: dict[int, tuple[int, ...]] = {256: (90_000,), 257: (90_000,), 278: (90_000,)}
    jpeg, webp = picture("JPEG"), picture("WEBP", lossless=True)
    bmp, jp2 = picture("BMP"), picture("JPEG2000")
    huge_webp = struct.pack("<I", 16_382 | 16_382 << 14)
    cases = {
        "zeros.png": png_of_zeros,
        "header.jpg": _with(jpeg, jpeg.index(b"\xff\xc0") + 5, struct.pack(">HH", 65_500, 65_500)),
        "screen.gif": screen + frame,
        "size.ppm": b"P6 60000 60000 255\n" + bytes(99),
        "size.tiff": tiff(np.zeros((1, 9), np.uint8), side),
        "size.webp": _with(webp, webp.index(b"VP8L") + 9, huge_webp),
        "size.bmp": _with(bmp, 18, struct.pack("<ii", 60_000, 60_000)),
        "size.jp2": _with(jp2, jp2.index(b"ihdr") + 4, struct.pack(">II", 60_000, 60_000)),
        "size.dcm": dicom(np.zeros((2, 2), np.uint8), Rows=30_000, Columns=30_000),
    }
    for name, data in cases.items():
        allowed = REFUSED if name == "size.jp2" else TOO_LARGE
        yield Odd(name=f"bomb {name}", data=data, refused=allowed)
    for width in (12_000, 30_000):
        hidden = bomb(width, 10_000)
        entry = struct.pack("<BBBBHHII", 0, 0, 0, 0, 1, 32, len(hidden), 22)
        icon = b"\0\0\1\0\1\0" + entry + hidden
        yield Odd(name=f"bomb inside {width}.ico", data=icon, refused=TOO_LARGE)


def bombs_of_time() -> Iterator[Odd]:
    """Declare few pixels, and hide texts, scans or pages to go through first."""
    yield Odd(name="bomb text.png", data=text_bomb(), refused=TOO_LARGE)
    wide = b"p\0\0" + zlib.compress(bytes(80_000_000), 9)
    yield Odd(
        name="bomb profile.png",
        data=png(20, 10, [(b"iCCP", wide), rows(waves(20, 10))]),
        refused=REFUSED,
        may_be_read=True,
        pixels=waves(20, 10),
    )
    for count in (200, 20_000):
        data = scans_bomb(count, (2000, 2000))
        yield Odd(name=f"bomb {count} scans.jpg", data=data, refused=TOO_LARGE)
    yield Odd(
        name="bomb fill bytes.jpg", data=fill_bytes(400_000), pixels=waves(*SIZE), tolerance=LOSSY
    )
    yield Odd(name="bomb pages.tiff", data=_endless_tiff(), pixels=np.zeros((1, 1, 3), np.uint8))


def _with(data: bytes, at: int, changed: bytes) -> bytes:
    return data[:at] + changed + data[at + len(changed) :]


def _endless_tiff() -> bytes:
    """Return a TIFF of one pixel whose last page of a hundred thousand points to the first."""
    one = tiff(np.zeros((1, 1), np.uint8))
    start = struct.unpack("<I", one[4:8])[0]
    page = one[start:-4]
    places = [start + number * (len(page) + 4) for number in range(100_000)]
    chain = b"".join(page + struct.pack("<I", after) for after in [*places[1:], start])
    return one[:start] + chain


def medical() -> Iterator[Odd]:
    gray, color = gray_waves(), waves(*SIZE)
    exact = {"VOILUTFunction": "LINEAR_EXACT", "WindowCenter": "500", "WindowWidth": "1000"}
    ramp = np.tile(np.linspace(0, 1000, 60).astype(np.uint16), (40, 1))
    seen = three(np.rint(ramp * 0.255))
    cases = {
        "gray": (dicom(gray), three(gray)),
        "inverted": (dicom(gray, "MONOCHROME1"), three(255 - gray)),
        "color": (dicom(color, "RGB"), color),
        "no preamble": (dicom(gray, preamble=False), three(gray)),
        "frames": (dicom(np.stack([gray, 255 - gray]), NumberOfFrames=2), three(gray)),
        "window": (dicom(ramp, **exact), seen),  # type: ignore[arg-type]
        "range": (dicom(ramp), seen),
        "rescaled": (
            dicom(ramp, RescaleSlope="2", RescaleIntercept="-700"),
            seen,
        ),
        "signed": (dicom(ramp.astype(np.int16) - 300), seen),
        "inverted window": (dicom(ramp, "MONOCHROME1", **exact), 255 - seen),  # type: ignore[arg-type]
    }
    for name, (data, wanted) in cases.items():
        yield Odd(name=f"dicom {name}.dcm", data=data, pixels=wanted)
        yield Odd(name=f"dicom {name} cut.dcm", data=data[:-900], refused=DAMAGED | NO_IMAGE)
