"""Arguments that all optimizers take."""

from typing import TypedDict


class Options(TypedDict, total=False):
    """Keyword arguments of every optimizer; see `Optimizer`."""

    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    name: str | None
