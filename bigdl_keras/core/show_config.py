"""What this installation is made of."""

from bigdl_backend.configuration import configuration
from bigdl_keras import config
from bigdl_keras.mixed_precision import dtype_policy
from bigdl_keras.utils.messages import show


def show_config(mode: str = "stdout") -> dict[str, dict[str, str]] | None:
    """Tell what computes here, for questions about speed and for reports of errors.

    Named are the processor and its features, the instruction sets that were chosen, versions of
    libraries, threads, layouts and types, and the environment variables that change any of it.

    Args:
        mode: "stdout" shows it; "dicts" returns names with values, by section.

    Raises:
        ValueError: another mode.
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f'mode must be "stdout" or "dicts", got {mode!r}')
    sections = configuration()
    sections["layouts and types"] = {
        "activations in memory": "rows first, channels last",
        "image_data_format": config.image_data_format(),
        "floatx": config.floatx(),
        "dtype_policy": dtype_policy().name,
    }
    if mode == "dicts":
        return sections
    for title, facts in sections.items():
        width = max(map(len, facts))
        lines = [f"  {name:{width}}  {value}" for name, value in facts.items()]
        show("\n".join([title, *lines]))
    return None
