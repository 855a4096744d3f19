"""AdamW."""

from typing import Any

from bigdl_keras.optimizers.adam import Adam
from bigdl_keras.optimizers.builtin_optimizer import takes_options


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019).

    Args:
        learning_rate: see `Optimizer`.
        weight_decay: fraction of `learning_rate * weight` taken off every weight before a step.
        beta_1: see `Adam`.
        beta_2: see `Adam`.
        epsilon: see `Adam`.
        amsgrad: see `Adam`.
        **options: see `Optimizer`.
    """

    @takes_options()
    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        if weight_decay is None:
            raise ValueError("AdamW needs a float `weight_decay`; use Adam for none.")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options
        )
