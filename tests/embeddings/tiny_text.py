"""A small text model, made on the spot: a vector a word, and their mean."""

TEXT_DECLARATION: dict[str, object] = {
    "input_kind": "text",
    "tokenizer": "tokenizer.json",
    "max_length": 8,
    "input_ids": "input_ids",
    "attention_mask": "attention_mask",
    "token_type_ids": "",
    "output": "last_hidden_state",
    "pooling": "mean",
    "normalize": True,
    "prefix": "",
}
