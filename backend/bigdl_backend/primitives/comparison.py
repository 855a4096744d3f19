"""Comparison and logic: the result is bool and nothing is differentiable."""

import numpy as np

from bigdl_backend.graph.registry import primitive
from bigdl_backend.primitives.rules import broadcast_to_bool

for _name, _truth in {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
}.items():
    primitive(_name, shape=broadcast_to_bool)(_truth)
