"""Checks of the arguments of lookups."""

from __future__ import annotations

from typing import Any


def check_sizes(
    layer: str, max_tokens: int | None, pad_to_max_tokens: bool, num_oov_indices: int
) -> None:
    """Raise `ValueError` for sizes that make no vocabulary; `layer` is named."""
    if max_tokens is not None and max_tokens <= 1:
        raise ValueError(
            f"If `max_tokens` is set for `{layer}`, it must be greater than 1. "
            f"Received: max_tokens={max_tokens}"
        )
    if pad_to_max_tokens and max_tokens is None:
        raise ValueError(
            f"If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens={max_tokens}"
        )
    if num_oov_indices < 0:
        raise ValueError(
            f"`num_oov_indices` of `{layer}` must be greater than or equal to 0. "
            f"Received: num_oov_indices={num_oov_indices}"
        )


def check_weights(output_mode: str, invert: bool, has_vocabulary: bool, idf_weights: Any) -> None:
    """Raise `ValueError` for an inverse lookup of vectors, or weights that are missing or superfluous."""
    if invert and output_mode != "int":
        raise ValueError(
            "`output_mode` must be `'int'` when `invert` is true. "
            f"Received: output_mode={output_mode}"
        )
    if idf_weights is not None and output_mode != "tf_idf":
        raise ValueError(
            "`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: "
            f"idf_weights={idf_weights} and output_mode={output_mode}"
        )
    if output_mode == "tf_idf" and has_vocabulary and idf_weights is None:
        raise ValueError(
            "When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` "
            "argument must also be provided."
        )
