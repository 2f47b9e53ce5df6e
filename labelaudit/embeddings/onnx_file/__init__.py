"""ONNX files, read by their encoding: graphs, weights, and the sidecar beside them."""
