"""Weights quantised by GPTQ (Frantar et al. 2023): the policy."""

from __future__ import annotations

from bigdl_keras.dtype_policies.base_grouped_dtype_policy import BaseGroupedDTypePolicy


class GPTQDTypePolicy(BaseGroupedDTypePolicy):
    """Weights quantised by GPTQ (Frantar et al. 2023); the mode is written as in ``"gptq/4/128"``."""

    algorithm = "gptq"
    sizes = ("weight_bits", "group_size")
    allowed_weight_bits = (2, 3, 4, 8)
