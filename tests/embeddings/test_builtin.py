import hashlib
import json
import re

import numpy as np
from pictures import waves
from PIL import Image

from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.images.preprocessing import fit
from labelaudit.embeddings.models.model import load_model, run_model

CARD = (BUILTIN.parent / "MODEL_CARD.md").read_text(encoding="utf-8")
LOG = (BUILTIN.parent / "training-log.jsonl").read_text(encoding="utf-8").splitlines()


def test_card_is_of_this_file() -> None:
    data = BUILTIN.read_bytes()
    assert hashlib.sha256(data).hexdigest() in CARD
    assert f"{len(data) / 1e6:.1f} MB" in CARD
    assert len(data) < 12e6


def test_card_says_what_the_log_says() -> None:
    epochs = [json.loads(line) for line in LOG]
    assert [line["epoch"] for line in epochs] == list(range(len(epochs)))
    (said,) = re.findall(r"validation accuracy of (\d+\.\d) %", CARD)
    assert float(said) == round(epochs[-1]["validation_accuracy"] * 100, 1)


def test_card_has_the_declaration() -> None:
    declared = json.loads(BUILTIN.with_suffix(".json").read_text(encoding="utf-8"))
    (shown,) = re.findall(r"```json\n(.*?)```", CARD, flags=re.DOTALL)
    assert json.loads(shown) == declared


def test_weights_are_stored_in_half_precision_and_embeddings_are_finite() -> None:
    model = load_model(BUILTIN, "cpu")
    for value in (0, 255):
        flat = np.full((1, 64, 64, 3), value, dtype=np.uint8)
        assert np.isfinite(run_model(model, flat)).all()


def test_an_embedding_cares_little_for_light_size_and_mirrors_and_much_for_what_is_seen() -> None:
    model = load_model(BUILTIN, "cpu")
    picture = Image.fromarray(waves(96, 80))
    same = [
        picture,
        picture.resize((48, 40), Image.Resampling.BILINEAR),
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        picture.point(lambda value: int(value * 0.9)),
    ]
    other = Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 96, 3), dtype=np.uint8))
    inputs = np.stack([fit(image, model.preprocessing) for image in [*same, other]])
    own, *near, far = run_model(model, inputs)
    cosines = [own @ vector / np.linalg.norm(own) / np.linalg.norm(vector) for vector in near]
    assert min(cosines) > 0.5 > own @ far / np.linalg.norm(own) / np.linalg.norm(far)
