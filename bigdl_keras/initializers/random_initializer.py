"""What all seeded initializers share: the seed and its config."""

from typing import Any

from bigdl_keras import random
from bigdl_keras.initializers.initializer import Initializer


class RandomInitializer(Initializer):
    """An initializer with a seed.

    Args:
        seed: an int (every call gives the same values), a `SeedGenerator` (values differ from
            call to call), its config, or `None` (an int drawn once, now).
    """

    def __init__(self, seed: Any = None) -> None:
        self._given_seed = seed
        if seed is None:
            seed = random.make_default_seed()
        elif isinstance(seed, dict):
            from bigdl_keras.saving import deserialize_keras_object

            seed = deserialize_keras_object(seed)
        elif not isinstance(seed, (int, random.SeedGenerator)):
            raise ValueError(
                f"{type(self).__name__}: `seed` must be an int or a SeedGenerator; got {seed!r}."
            )
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        from bigdl_keras.saving import serialize_keras_object

        return {"seed": serialize_keras_object(self._given_seed)}
