"""Five hundred odd and damaged images, always the same.

What an image has to look like is worked out by numpy from the numbers that were written, never
by the decoder under test.
"""

from itertools import islice

from odd import Odd
from odd_bombs import bombs_of_size, bombs_of_time, medical
from odd_broken import appended, flipped, misnamed, no_pixels, odd_metadata, truncated
from odd_whole import deep, modes, oriented_pictures, several_frames, shapes

N_IMAGES = 500


def odd_images() -> list[Odd]:
    """Return the images."""
    images = [
        *modes(),
        *deep(),
        *oriented_pictures(),
        *shapes(),
        *several_frames(),
        *appended(),
        *odd_metadata(),
        *misnamed(),
        *no_pixels(),
        *bombs_of_size(),
        *bombs_of_time(),
        *medical(),
        *truncated(),
    ]
    return images + list(islice(flipped(), N_IMAGES - len(images)))
