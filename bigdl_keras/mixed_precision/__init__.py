"""Computing in 16 bits with variables in 32 (``keras.mixed_precision``)."""

from bigdl_keras.dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy
from bigdl_keras.optimizers import LossScaleOptimizer

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]
