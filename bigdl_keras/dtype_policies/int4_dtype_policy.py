"""Weights of 4 bits, scaled by blocks: the policy."""

from __future__ import annotations

from bigdl_keras.dtype_policies.base_grouped_dtype_policy import BaseGroupedDTypePolicy


class Int4DTypePolicy(BaseGroupedDTypePolicy):
    """Weights of 4 bits, scaled by blocks; the mode is written as in ``"int4/128"``."""

    algorithm = "int4"
    sizes = ("block_size",)
