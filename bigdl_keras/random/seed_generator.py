"""Where random keys come from."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from bigdl_keras.core.name_scope import name_scope
from bigdl_keras.core.naming import auto_name
from bigdl_keras.core.saveable import KerasSaveable
from bigdl_keras.core.trace_scope import in_stateless_scope
from bigdl_keras.core.variable import Variable

_global_generator: SeedGenerator | None = None


class SeedGenerator(KerasSaveable):
    """A source of keys: each `next` gives another one, the same ones for the same seed.

    Args:
        seed: an int, or None for an unpredictable one (the global seed's next if there is one).
        name: of the state variable's owner; defaults to ``seed_generator``, ``seed_generator_1``, ...

    Raises:
        ValueError: a seed that is no integer.
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        if kwargs:
            raise ValueError(f"SeedGenerator got unexpected arguments: {sorted(kwargs)}")
        if seed is None:
            seed = make_default_seed()
        if not isinstance(seed, int | np.integer) or isinstance(seed, bool):
            raise ValueError(
                f"Argument `seed` must be an integer. Received: seed={seed} (of type {type(seed)})"
            )
        self.name = name or auto_name(type(self).__name__)
        self._initial_seed = int(seed)
        with name_scope(self.name, caller=self):
            self.state = Variable(
                seed_key(self._initial_seed),
                dtype="uint32",
                trainable=False,
                autocast=False,
                aggregation="none",
                name="seed_generator_state",
            )

    def _obj_type(self) -> str:
        return "SeedGenerator"

    def next(self, ordered: bool = True) -> Any:
        """The next key, uint32[2]. Keys always come in order; `ordered` is Keras's note on that."""
        del ordered
        key = np.array(self.state.value) if not in_stateless_scope() else self.state.value
        self.state.assign(key + np.array([0, 1], np.uint32))
        return key

    def get_config(self) -> dict[str, Any]:
        """The seed it began with."""
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """A generator at its beginning."""
        return cls(**config)


def seed_key(seed: int) -> np.ndarray:
    """The first key of a seed."""
    return np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF], np.uint32)


def set_global_seed(seed: int) -> None:
    """Make every later use of randomness without a seed of its own repeatable."""
    global _global_generator
    _global_generator = SeedGenerator(seed, name="global_seed_generator")
    python_random.seed(seed)


def present_global_generator() -> SeedGenerator | None:
    """The generator behind randomness without a seed of its own; None before its first use."""
    return _global_generator


def global_seed_generator() -> SeedGenerator:
    """The generator behind random functions that are given no seed.

    Raises:
        ValueError: inside a traced model, where its state would be lost between steps.
    """
    global _global_generator
    if in_stateless_scope():
        raise ValueError(
            "A random function without a seed was called while a model is traced: the same numbers "
            "would come back at every step. Create `self.seed_generator = SeedGenerator(seed)` in "
            "the layer's `__init__` and pass `seed=self.seed_generator`"
        )
    if _global_generator is None:
        _global_generator = SeedGenerator(make_default_seed(), name="global_seed_generator")
    return _global_generator


def make_default_seed() -> int:
    """A seed for objects that were given none; repeatable after `set_global_seed`."""
    return python_random.randint(1, int(1e9))


def draw_seed(seed: Any) -> Any:
    """The key for one use of randomness: from a generator, an int, a key, or None (the global one)."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool):
        return seed_key(int(seed))
    if seed is None:
        return global_seed_generator().next()
    if getattr(seed, "shape", None) == (2,):
        return seed
    raise ValueError(
        "Argument `seed` must be either an integer or an instance of `SeedGenerator`. "
        f"Received: seed={seed} (of type {type(seed)})"
    )
