"""The model that needs no download, and where it is."""

from pathlib import Path

BUILTIN = Path(__file__).with_name("builtin.onnx")
