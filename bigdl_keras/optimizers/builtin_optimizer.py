"""The base of the optimizers that come with the library."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from bigdl_keras.optimizers.optimizer import Optimizer

Constructor = Callable[..., None]


class BuiltinOptimizer(Optimizer):
    """An optimizer whose config is its constructor's arguments, kept as attributes.

    A subclass names its own arguments in a constructor decorated with `takes_options`, and stores
    each of them under its name.
    """

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        for cls in type(self).__mro__:
            own = getattr(vars(cls).get("__init__"), "own_arguments", None)
            if own is not None:
                return {**config, **{name: getattr(self, name) for name in own}}
        return config


def takes_options(before: str | None = None) -> Callable[[Constructor], Constructor]:
    """Let a constructor that ends in `**options` name the options of every `Optimizer`.

    They follow its own arguments in the order of `Optimizer`, by position or by name, and show in
    its signature; the constructor receives them by name.

    Args:
        before: the argument of the constructor that the options precede, default none.
    """

    def decorate(init: Constructor) -> Constructor:
        *own, rest = inspect.signature(init).parameters.values()
        named = {parameter.name for parameter in own}
        _, _, *shared, others = inspect.signature(Optimizer.__init__).parameters.values()
        options = [parameter for parameter in shared if parameter.name not in named]
        place = [parameter.name for parameter in own].index(before) if before else len(own)
        signature = inspect.Signature([*own[:place], *options, *own[place:], others])

        @functools.wraps(init)
        def wrapper(*args: Any, **kwargs: Any) -> None:
            arguments = signature.bind(*args, **kwargs).arguments
            unknown = arguments.pop(others.name, {})
            init(**arguments, **unknown)

        wrapper.__dict__["__signature__"] = signature
        wrapper.__dict__["own_arguments"] = named - {"self", "learning_rate", rest.name}
        return wrapper

    return decorate
