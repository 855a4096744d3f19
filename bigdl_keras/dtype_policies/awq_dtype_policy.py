"""Weights quantised by AWQ (Lin et al. 2024): the policy."""

from __future__ import annotations

from bigdl_keras.dtype_policies.base_grouped_dtype_policy import BaseGroupedDTypePolicy


class AWQDTypePolicy(BaseGroupedDTypePolicy):
    """Weights quantised by AWQ (Lin et al. 2024); the mode is written as in ``"awq/4/128"``."""

    algorithm = "awq"
    sizes = ("weight_bits", "group_size")
    allowed_weight_bits = (4,)
