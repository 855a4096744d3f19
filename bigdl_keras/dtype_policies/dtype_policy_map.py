"""Different dtypes for different layers of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from bigdl_keras.dtype_policies.dtype_policy import DTypePolicy, dtype_policy


class DTypePolicyMap(MutableMapping[str, DTypePolicy]):
    """A dict from layer paths (or regular expressions that match whole paths) to policies.

    Args:
        default_policy: the policy of paths that nothing matches; ``None`` means the global one.
        policy_map: the initial content.
    """

    def __init__(
        self, default_policy: Any = None, policy_map: dict[str, DTypePolicy] | None = None
    ) -> None:
        if isinstance(default_policy, DTypePolicyMap):
            raise ValueError("`default_policy` cannot be a `DTypePolicyMap`.")
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(
                "If specified, `policy_map` must be a dict. "
                f"Received: policy_map={policy_map} of type {type(policy_map)}"
            )
        self._default_policy_arg = default_policy
        if default_policy is not None:
            _ = self.default_policy  # refuses what is no policy
        self._policies: dict[str, DTypePolicy] = dict(policy_map or {})

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of paths that nothing matches."""
        from bigdl_keras.dtype_policies import get

        return get(self._default_policy_arg) if self._default_policy_arg else dtype_policy()

    @property
    def name(self) -> str:
        """``map_`` and the name of the default policy."""
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        """That of the default policy."""
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """That of the default policy."""
        return self.default_policy.variable_dtype

    @property
    def quantization_mode(self) -> str | None:
        """That of the default policy."""
        return self.default_policy.quantization_mode

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """As :meth:`DTypePolicy.convert_input`."""
        return self.default_policy.convert_input(x, autocast, dtype)

    def __getitem__(self, path: str) -> DTypePolicy:
        if path in self._policies:
            return self._policies[path]
        matching = [pattern for pattern in self._policies if re.fullmatch(pattern, path)]
        if len(matching) > 1:
            raise ValueError(
                f"Path '{path}' matches multiple dtype policy specification keys: {matching}. "
                "Please make sure each path only matches at most one."
            )
        return self._policies[matching[0]] if matching else self.default_policy

    def __setitem__(self, path: str, policy: Any) -> None:
        if path in self._policies:
            raise ValueError(
                f"{path} already exist in the DTypePolicyMap with value {self._policies[path]}. "
                "Please make sure to not use duplicated keys."
            )
        from bigdl_keras.dtype_policies import get

        self._policies[path] = get(policy)

    def __delitem__(self, path: str) -> None:
        del self._policies[path]

    def __contains__(self, path: object) -> bool:
        return path in self._policies

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def get_config(self) -> dict[str, Any]:
        """The constructor arguments, JSON-able."""
        from bigdl_keras.saving import serialize_keras_object

        return {
            "default_policy": serialize_keras_object(self._default_policy_arg),
            "policy_map": serialize_keras_object(self._policies),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> DTypePolicyMap:
        """A map from what ``get_config`` returned."""
        from bigdl_keras.saving import deserialize_keras_object

        return cls(
            default_policy=deserialize_keras_object(config["default_policy"], custom_objects),
            policy_map=deserialize_keras_object(config["policy_map"], custom_objects),
        )

    def __repr__(self) -> str:
        names = {path: policy.name for path, policy in self._policies.items()}
        return f"<DTypePolicyMap default_policy={self.default_policy.name}, mapping={names}>"
