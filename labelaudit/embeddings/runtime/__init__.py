"""ONNX Runtime: sessions, devices, and what is installed."""
