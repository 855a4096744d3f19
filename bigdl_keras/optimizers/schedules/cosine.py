"""Rates that fall like half a cosine (Loshchilov and Hutter, 2016)."""

import math
from typing import Any

from bigdl_keras import ops
from bigdl_keras.config import floatx
from bigdl_keras.optimizers.schedules.schedule import LearningRateSchedule, positive_steps


class CosineDecay(LearningRateSchedule):
    """A cosine from the initial (or warmed-up) rate to `alpha` times it.

    Args:
        initial_learning_rate: rate at step 0.
        decay_steps: length of the cosine.
        alpha: the end as a fraction of where the cosine begins.
        name: name of the schedule.
        warmup_target: rate reached in a straight line before the cosine; `None` for no warm-up.
        warmup_steps: length of the warm-up.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = positive_steps("decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Any:
        step = ops.cast(step, floatx())
        if self.warmup_target is None:
            return self._decayed(step, self.initial_learning_rate)
        slope = (self.warmup_target - self.initial_learning_rate) / max(self.warmup_steps, 1)
        warming = self.initial_learning_rate + slope * step
        decayed = self._decayed(step - self.warmup_steps, self.warmup_target)
        return ops.where(step < self.warmup_steps, warming, decayed)

    def _decayed(self, step: Any, begin: float) -> Any:
        done = ops.minimum(step, float(self.decay_steps)) / self.decay_steps
        cosine = 0.5 * (1.0 + ops.cos(math.pi * done))
        return begin * ((1 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


class CosineDecayRestarts(LearningRateSchedule):
    """Cosines one after another, each `t_mul` times longer and `m_mul` times higher.

    Args:
        initial_learning_rate: rate at step 0.
        first_decay_steps: length of the first cosine.
        t_mul: growth of lengths.
        m_mul: growth of heights.
        alpha: the lowest rate as a fraction of the initial one.
        name: name of the schedule.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = positive_steps("first_decay_steps", first_decay_steps)
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Any:
        done = ops.cast(step, floatx()) / self.first_decay_steps
        if self.t_mul == 1.0:
            restarts = ops.floor(done)
            done = done - restarts
        else:
            # Lengths form a geometric series; its inverse counts the finished cosines.
            grown = 1.0 - done * (1.0 - self.t_mul)
            restarts = ops.floor(ops.log(grown) / math.log(self.t_mul))
            length = ops.power(ops.cast(self.t_mul, floatx()), restarts)
            done = (done - (1.0 - length) / (1.0 - self.t_mul)) / length
        height = ops.power(ops.cast(self.m_mul, floatx()), restarts)
        cosine = 0.5 * height * (1.0 + ops.cos(math.pi * done))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
