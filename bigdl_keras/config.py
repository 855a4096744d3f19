"""Global settings with Keras's names: float type, epsilon, image layout, logging, safety."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bigdl_backend.graph.dtypes import set_default_float

_FLOAT_TYPES = ("bfloat16", "float16", "float32", "float64")
_IMAGE_LAYOUTS = ("channels_last", "channels_first")

_floatx = "float32"
_epsilon = 1e-7
_image_data_format = "channels_last"
_interactive_logging = True
_traceback_filtering = True
_max_epochs: int | None = None
_max_steps_per_epoch: int | None = None


def backend() -> str:
    """The name of the engine: always ``"bigdl"``."""
    return "bigdl"


def floatx() -> str:
    """The dtype used where none is given (``"float32"`` unless set)."""
    return _floatx


def set_floatx(value: str) -> None:
    """Set the default float dtype to one of bfloat16, float16, float32, float64."""
    global _floatx
    if value not in _FLOAT_TYPES:
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {_FLOAT_TYPES}")
    _floatx = str(value)
    set_default_float(_floatx)


def epsilon() -> float:
    """The small constant added where a division or a logarithm could meet zero."""
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set the small constant of :func:`epsilon`."""
    global _epsilon
    _epsilon = float(value)


def image_data_format() -> str:
    """The default axis order of images: ``"channels_last"`` or ``"channels_first"``."""
    return _image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set the default axis order of images."""
    global _image_data_format
    _image_data_format = standardize_data_format(data_format)


def standardize_data_format(data_format: str | None) -> str:
    """Check ``data_format``; ``None`` means the global default."""
    if data_format is None:
        return _image_data_format
    name = str(data_format).lower()
    if name not in _IMAGE_LAYOUTS:
        raise ValueError(
            f"The `data_format` argument must be one of {_IMAGE_LAYOUTS}. "
            f"Received: data_format={data_format}"
        )
    return name


def keras_home() -> Path:
    """The folder for downloaded data: ``$KERAS_HOME`` or ``~/.keras``."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))


def is_interactive_logging_enabled() -> bool:
    """Whether progress is drawn on the terminal (else sent to ``logging``)."""
    return _interactive_logging


def enable_interactive_logging() -> None:
    """Draw progress on the terminal."""
    global _interactive_logging
    _interactive_logging = True


def disable_interactive_logging() -> None:
    """Send progress to ``logging`` instead of the terminal."""
    global _interactive_logging
    _interactive_logging = False


def is_traceback_filtering_enabled() -> bool:
    """Whether the user asked for shortened tracebacks (ours are never altered)."""
    return _traceback_filtering


def enable_traceback_filtering() -> None:
    """Accepted for Keras scripts; tracebacks are short here anyway and stay whole."""
    global _traceback_filtering
    _traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Accepted for Keras scripts; tracebacks are never altered here."""
    global _traceback_filtering
    _traceback_filtering = False


def max_epochs() -> int | None:
    """A global ceiling on the epochs of every ``fit``, or ``None``."""
    return _max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Limit every ``fit`` to this many epochs (``None`` lifts the limit)."""
    global _max_epochs
    _max_epochs = max_epochs


def max_steps_per_epoch() -> int | None:
    """A global ceiling on the steps of every epoch, or ``None``."""
    return _max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limit every epoch to this many steps (``None`` lifts the limit)."""
    global _max_steps_per_epoch
    _max_steps_per_epoch = max_steps_per_epoch


def dtype_policy() -> Any:
    """The global dtype policy (see :mod:`bigdl_keras.dtype_policies`)."""
    from bigdl_keras.dtype_policies import dtype_policy as current

    return current()


def set_dtype_policy(policy: Any) -> None:
    """Set the global dtype policy by name or object."""
    from bigdl_keras.dtype_policies import set_dtype_policy as change

    change(policy)


def is_flash_attention_enabled() -> bool:
    """Always ``False``: attention is computed by the graph's own kernels."""
    return False


def disable_flash_attention() -> None:
    """Accepted for Keras scripts; there is no flash attention to turn off."""


def enable_flash_attention() -> None:
    """Raises ``ValueError``: there is no flash attention."""
    raise ValueError("Flash attention is not available: attention is computed on the processor")


def is_nnx_enabled() -> bool:
    """Always ``False``: NNX is a way of JAX to hold variables."""
    return False


def set_backend(backend: str) -> None:
    """Accepts ``"bigdl"``; ``ValueError`` for other engines."""
    if backend != "bigdl":
        raise ValueError(f"There is one backend, 'bigdl'. Received: {backend}")


def enable_unsafe_deserialization() -> None:
    """Allow loading of files that ask for code to run (``safe_mode=False`` everywhere)."""
    from bigdl_keras.saving.safe_mode import enable_unsafe_deserialization as enable

    enable()
