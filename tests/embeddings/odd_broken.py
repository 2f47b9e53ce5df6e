"""Pictures that were cut, changed or appended to, and files that are none."""

import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from odd import DAMAGED, LOSSY, NO_IMAGE, REFUSED, SIZE, Odd, base, gray_waves, three
from pictures import encoded, picture, png, rows, tiff, waves

from labelaudit.embeddings.images.decode import Status


def appended() -> Iterator[Odd]:
    """Whole pictures with more behind them: the picture is still what is seen."""
    others = {
        "another": picture("PNG", (20, 20)),
        "garbage": random.Random(4).randbytes(3000),  # noqa: S311 - repeatable, not secret
        "markers": b"\xff\xda\xff\xd8" * 400,
    }
    for suffix, (data, tolerance) in base().items():
        for name, more in {"itself": data, **others}.items():
            yield Odd(
                name=f"appended {name}.{suffix}",
                data=data + more,
                pixels=waves(*SIZE),
                tolerance=tolerance,
                refused=DAMAGED if suffix == "jp2" else frozenset(),  # OpenJPEG reads on
                may_be_read=suffix == "jp2",
            )


def odd_metadata() -> Iterator[Odd]:
    """Damaged and huge metadata beside whole pixels."""
    junk = {
        "junk": b"junk",
        "cut": b"II*\0\x08\0\0\0\xff\xff",
        "loop": b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
        "deep": b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08",
        "wild": b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\xff\xff\xff\xff\xff",
    }
    for name, exif in junk.items():
        for kind in ("JPEG", "PNG", "WEBP"):
            yield Odd(
                name=f"metadata exif {name}.{kind}",
                data=picture(kind, exif=b"Exif\0\0" + exif),
                pixels=waves(*SIZE),
                tolerance=1 if kind == "PNG" else LOSSY,
            )
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        yield Odd(
            name=f"metadata profile.{kind}",
            data=picture(kind, icc_profile=b"no profile" * 900),
            pixels=waves(*SIZE),
            tolerance=1 if kind in {"PNG", "TIFF"} else LOSSY,
        )
    jpeg = picture("JPEG", quality=95)
    comments = (b"\xff\xfe\xff\xff" + b"c" * 65_533) * 60
    yield Odd(
        name="metadata 4 MB of comments.jpg",
        data=jpeg[:2] + comments + jpeg[2:],
        pixels=waves(*SIZE),
        tolerance=LOSSY,
    )
    notes = [(b"tEXt", b"note\0" + bytes([65 + number % 26]) * 90) for number in range(5000)]
    yield Odd(
        name="metadata 5000 notes.png",
        data=png(*SIZE, [*notes, rows(waves(*SIZE))]),
        pixels=waves(*SIZE),
    )


def misnamed() -> Iterator[Odd]:
    """Names that say another format, and files that are no images at all."""
    suffixes = list(base())
    for place, (suffix, (data, tolerance)) in enumerate(base().items()):
        other = suffixes[(place + 3) % len(suffixes)]
        yield Odd(
            name=f"misnamed {suffix}.{other}", data=data, pixels=waves(*SIZE), tolerance=tolerance
        )
    others = {
        "html.jpg": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
        "page.png": b"\n <html><head><title>Sign in</title>",
        "json.jpeg": b'{"error": "quota exceeded"}',
        "text.gif": b"the image is on the other disk\n",
        "pdf.tif": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
        "svg.png": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "zip.jpg": b"PK\3\4" + bytes(200),
        "gzip.jpg": b"\x1f\x8b\x08" + bytes(200),
        "program.bmp": b"\x7fELF\2\1\1" + bytes(200),
        "video.jpg": b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(200),
        "photo.heic": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(200),
        "pointer.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "array.png": b"\x93NUMPY\1\0" + bytes(200),
        "hdf.png": b"\x89HDF\r\n\x1a\n" + bytes(200),
        "zeros.jpg": bytes(5000),
        "ones.png": b"\xff" * 5000,
        "random.jpg": b"\x07" + random.Random(9).randbytes(5000),  # noqa: S311 - as above
        "targa.png": bytes([0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 2, 0, 8, 0]) + bytes(64),
        "postscript.tif": picture("EPS"),
        "photoshop.tif": b"8BPS\0\1" + bytes(200),
        "space.png": b" ",
        "float.tiff": encoded(np.linspace(0, 1, 200, dtype=np.float32).reshape(10, 20), "TIFF"),
        "wide.tiff": encoded(np.array([[0, 70_000]], np.int32), "TIFF"),
        "satellite.tiff": tiff(np.zeros((4, 4, 13), np.uint16)),
    }
    for name, data in others.items():
        yield Odd(name=f"misnamed {name}", data=data, refused=NO_IMAGE)


def no_pixels() -> Iterator[Odd]:
    """Empty files, and headers that declare no pixels."""
    for suffix in ("jpg", "png", "gif", "tiff", "dcm"):
        yield Odd(name=f"empty.{suffix}", data=b"", refused=frozenset({Status.EMPTY}))
    jpeg = bytearray(picture("JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = bytes(4)
    header = struct.pack("<IiiHHIIiiII", 40, 0, 5, 1, 24, 0, 0, 0, 0, 0, 0)
    cases = {
        "width.png": png(0, 40, []),
        "height.png": png(40, 0, []),
        "both.png": png(0, 0, [(b"IDAT", zlib.compress(b""))]),
        "width.bmp": b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header,
        "both.gif": b"GIF89a" + bytes(7) + b";",
        "width.ppm": b"P6 0 4 255\n",
        "both.tiff": tiff(np.zeros((1, 1), np.uint8), {256: (0,), 257: (0,)}),
        "both.jpg": bytes(jpeg),
        "no data.png": png(60, 40, []),
        "no image.gif": b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0, 0, 0) + b";",
        "signature.png": b"\x89PNG\r\n\x1a\n",
        "signature.jpg": b"\xff\xd8\xff",
    }
    for name, data in cases.items():
        yield Odd(name=f"nothing {name}", data=data, refused=DAMAGED | NO_IMAGE)


def truncated() -> Iterator[Odd]:
    """The start of a picture: refused, unless nothing that is seen was lost."""
    for suffix, (data, tolerance) in (
        base() | {"gif": (encoded(gray_waves(), "GIF"), 1.0)}
    ).items():
        seen = three(gray_waves()) if suffix == "gif" else waves(*SIZE)
        for part in (0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97):
            yield Odd(
                name=f"truncated {round(100 * part)}.{suffix}",
                data=data[: max(1, round(part * len(data)))],
                pixels=seen,
                refused=DAMAGED | NO_IMAGE if part < 0.05 else DAMAGED,
                tolerance=tolerance,
                may_be_read=True,
            )


def flipped() -> Iterator[Odd]:
    """Bytes changed at random places, more of them near the start, where headers are."""
    chance = random.Random(7)  # noqa: S311 - as above
    number = 0
    while True:
        for suffix, (data, _) in base().items():
            damaged = bytearray(data)
            for _ in range(chance.randint(1, 8)):
                damaged[int(chance.random() ** 3 * len(damaged))] ^= chance.randint(1, 255)
            number += 1
            yield Odd(
                name=f"flipped {number}.{suffix}",
                data=bytes(damaged),
                refused=REFUSED,
                may_be_read=True,
            )
