import json

import numpy as np
import onnxruntime as ort
from pictures import waves
from PIL import Image

from labelaudit.embeddings.builtin.build import DECLARATION, build
from labelaudit.embeddings.model import BUILTIN, load_model, run_model
from labelaudit.embeddings.preprocessing import fit
from labelaudit.embeddings.sidecar import sidecar_path

GOLDEN = [0.1475, 0.073, 0.0619, 0.1753, 0.0421]


def test_committed_model_is_what_the_code_builds() -> None:
    built = build().SerializeToString(deterministic=True)
    if built == BUILTIN.read_bytes():
        return
    # another version of onnx may encode the same graph in other bytes
    images = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), dtype=np.uint8)
    session = ort.InferenceSession(built, providers=["CPUExecutionProvider"])
    (made,) = session.run(["embeddings"], {"images": images})
    assert np.array_equal(made, run_model(load_model(BUILTIN, "cpu"), images))


def test_committed_declaration_is_what_the_code_declares() -> None:
    assert json.loads(sidecar_path(BUILTIN).read_text(encoding="utf-8")) == DECLARATION


def test_embedding_of_a_drawn_picture_is_as_it_was() -> None:
    model = load_model(BUILTIN, "cpu")
    inputs = fit(Image.fromarray(waves(96, 80)), model.preprocessing)
    (vector,) = run_model(model, inputs[None])
    assert vector.shape == (746,)
    assert np.allclose(vector[[0, 1, 2, 100, 700]], GOLDEN, atol=1e-3)


def test_flat_image_has_a_finite_embedding() -> None:
    model = load_model(BUILTIN, "cpu")
    for value in (0, 255):
        flat = np.full((1, 64, 64, 3), value, dtype=np.uint8)
        assert np.isfinite(run_model(model, flat)).all()


def test_embedding_tells_colors_and_directions_apart_but_not_quality() -> None:
    model = load_model(BUILTIN, "cpu")
    picture = waves(64, 64)
    kinds = [picture, picture[:, ::-1], picture[:, :, ::-1], picture.transpose(1, 0, 2)]
    noisy = picture.astype(int) + np.random.default_rng(0).integers(-3, 4, picture.shape)
    own, *others, near = run_model(model, np.stack([*kinds, noisy.clip(0, 255).astype(np.uint8)]))
    distances = [float(np.linalg.norm(own - other)) for other in others]
    assert np.linalg.norm(own - near) < min(distances)
