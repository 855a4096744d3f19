"""The base of the layers that number the tokens of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bigdl_backend.primitives import functional as F
from bigdl_keras import config
from bigdl_keras.layers.preprocessing._adapting import adapt
from bigdl_keras.layers.preprocessing._encoding import (
    check_choice,
    encode,
    encoded_shape,
    in_full,
    refuse_sparse,
)
from bigdl_keras.layers.preprocessing._lookup_arguments import check_sizes, check_weights
from bigdl_keras.layers.preprocessing._texts import checked_salt
from bigdl_keras.layers.preprocessing._token_counts import TokenCounts
from bigdl_keras.layers.preprocessing._vocabulary import (
    InverseTable,
    check_distinct,
    check_reserved,
    read_lines,
)
from bigdl_keras.layers.preprocessing.base_text_layer import TextLayer
from bigdl_keras.saving.safe_mode import in_safe_mode

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
_FILE = "vocabulary.txt"
# Numbers that no token has.
_UNKNOWN, _MASKED = -1, -2


class IndexLookup(TextLayer):
    """Numbers of tokens: first the mask token (with the output mode "int"), then those of tokens out of the
    vocabulary, then the vocabulary.

    Subclasses define what tokens are: ``vocabulary_dtype``, ``plain`` (a token as users see it),
    ``tokens_of`` (the tokens in an array), ``table_of``, ``find`` (the numbers of values by that table) and
    ``oov_numbers``.
    """

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary: Any,
        idf_weights: Any,
        invert: bool,
        output_mode: str,
        sparse: bool,
        pad_to_max_tokens: bool,
        oov_method: str = "floormod",
        salt: Any = None,
        name: str | None = None,
        vocabulary_size: int | None = None,
        has_input_vocabulary: bool | None = None,
        **kwargs: Any,
    ) -> None:
        kind = type(self).__name__
        trainable = kwargs.pop("trainable", True)
        kwargs.pop("dtype", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword argument(s): {kwargs}")
        refuse_sparse(sparse, kind)
        check_choice(oov_method, ("floormod", "farmhash"), kind, "oov_method")
        output_mode = in_full(output_mode)
        check_choice(output_mode, _MODES, kind, "output_mode")
        check_sizes(kind, max_tokens, pad_to_max_tokens, num_oov_indices)
        check_weights(output_mode, invert, vocabulary is not None, idf_weights)
        super().__init__(name=name, trainable=trainable)
        self.max_tokens = max_tokens
        self.num_oov_indices = num_oov_indices
        self.mask_token = mask_token
        self.oov_token = oov_token
        self.invert = invert
        self.output_mode = output_mode
        self.sparse = sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.oov_method = oov_method
        self.salt = checked_salt(salt, kind)
        # As given, for the config. The vocabulary of a file is saved as a file instead.
        given = vocabulary is not None
        listed = given and not isinstance(vocabulary, str)
        self.vocabulary = self._plain_list(vocabulary) if listed else None
        self.idf_weights = None if idf_weights is None else np.asarray(idf_weights).tolist()
        self._has_input_vocabulary = given if has_input_vocabulary is None else has_input_vocabulary
        self._frozen_vocab_size = vocabulary_size
        self._weights: np.ndarray | None = None
        self._set_tokens([])
        self._has_vocabulary = False
        self.reset_state()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    # ---- what tokens are

    vocabulary_dtype: str
    _tokens: list[Any]
    _table: Any

    def plain(self, token: Any) -> Any:
        """A token as users see it."""
        raise NotImplementedError

    def tokens_of(self, values: Any) -> list[Any]:
        """The tokens in an array, in order."""
        raise NotImplementedError

    def table_of(self, tokens: Sequence[Any], numbers: Sequence[int]) -> Any:
        """The table from tokens to numbers."""
        raise NotImplementedError

    def find(self, values: Any, default: int) -> Any:
        """The number of each value by the table."""
        raise NotImplementedError

    def oov_numbers(self, values: Any) -> Any:
        """A number below ``num_oov_indices`` for every value."""
        raise NotImplementedError

    def _plain_list(self, tokens: Any) -> list[Any]:
        """Any sequence of tokens as users see them."""
        # Texts and bytes may be mixed in lists, of which NumPy would make one dtype.
        mixed = object if isinstance(tokens, (list, tuple)) else None
        return [self.plain(token) for token in self.tokens_of(np.asarray(tokens, mixed))]

    # ---- the vocabulary

    @property
    def _oov_start(self) -> int:
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def _token_start(self) -> int:
        return self._oov_start + self.num_oov_indices

    def _special_tokens(self) -> list[Any]:
        return [self.mask_token] * self._oov_start + [self.oov_token] * self.num_oov_indices

    def _set_tokens(self, tokens: list[Any]) -> None:
        # Not tracked: it may be long, and nothing in it has state.
        object.__setattr__(self, "_tokens", tokens)
        self._has_vocabulary = True
        self._adaptations += 1
        if self.invert:
            self._table = InverseTable(self.get_vocabulary(), self.oov_token)
            return
        numbers = [*range(self._token_start, self._token_start + len(tokens))]
        if self.mask_token is not None:
            tokens = [*tokens, *self.tokens_of(np.asarray([self.mask_token], object))]
            numbers.append(0 if self.output_mode == "int" else _MASKED)
        self._table = self.table_of(tokens, numbers)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The tokens in the order of their numbers, with or without those for mask and out of vocabulary."""
        special = self._special_tokens() if include_special_tokens else []
        return [*special, *map(self.plain, self._tokens)]

    def vocabulary_size(self) -> int:
        """How many tokens there are, with those for mask and out of vocabulary."""
        return self._token_start + len(self._tokens)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take a vocabulary instead of learning one.

        Args:
            vocabulary: a sequence of tokens, with or without the special ones at its begin; or the path
                of a file with a token a line.
            idf_weights: inverse document frequencies of the tokens, for the output mode "tf_idf".

        Raises:
            ValueError: repeated tokens, special ones at wrong places, too many, or no weights.
            RuntimeError: outputs would change their size.
        """
        is_tf_idf = self.output_mode == "tf_idf"
        if is_tf_idf and idf_weights is None:
            raise ValueError("`idf_weights` must be set if output_mode is 'tf_idf'.")
        if not is_tf_idf and idf_weights is not None:
            raise ValueError(
                "`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: "
                f"output_mode={self.output_mode} and idf_weights={idf_weights}"
            )
        if isinstance(vocabulary, str):
            self._set_checked(self._from_file(vocabulary), None)
            return
        tokens = self._plain_list(vocabulary)
        if not tokens:
            raise ValueError(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        special = self._special_tokens()
        complete = tokens[: len(special)] == special
        plain = tokens[len(special) :] if complete else tokens
        # Out of inverse lookups the token for unknown ones is never looked up.
        reserved = (self.mask_token, self.oov_token) if self.invert else (self.mask_token,)
        check_reserved(plain, reserved, special)
        weights = None
        if is_tf_idf:
            weights = self._padded_weights(np.asarray(idf_weights), len(tokens), complete)
        self._set_checked(plain, weights)

    def _from_file(self, path: str) -> list[Any]:
        if in_safe_mode():
            raise ValueError(
                "Requested the loading of a vocabulary file outside of the model archive: "
                f"'{path}'. Files may name any path, so this is refused; if you trust the source, "
                "pass `safe_mode=False` to the loading function."
            )
        lines = read_lines(path)
        if self.output_mode == "tf_idf":
            raise ValueError(
                "output_mode `'tf_idf'` does not support loading a vocabulary from file."
            )
        return self._plain_list(lines)

    def _padded_weights(self, weights: np.ndarray, count: int, complete: bool) -> np.ndarray:
        if weights.shape != (count,):
            raise ValueError(
                "`idf_weights` must be the same length as vocabulary. idf_weights has shape "
                f"{weights.shape}; len(vocabulary) is {count}"
            )
        if not complete:
            weights = self._with_oov_weights(weights)
        return self._to_depth(weights)

    def _with_oov_weights(self, weights: np.ndarray) -> np.ndarray:
        # Nothing is known of tokens out of the vocabulary: they weigh the average.
        return np.concatenate([np.full(self._token_start, weights.mean()), weights])

    def _to_depth(self, weights: np.ndarray) -> np.ndarray:
        spare = (self.max_tokens or 0) - len(weights) if self.pad_to_max_tokens else 0
        return np.pad(weights, (0, max(spare, 0))).astype(config.floatx())

    def _set_checked(self, plain: list[Any], weights: np.ndarray | None) -> None:
        check_distinct(plain)
        size = self._token_start + len(plain)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                "Attempted to set a vocabulary larger than the maximum vocab size. Received "
                f"vocabulary size is {size}; `max_tokens` is {self.max_tokens}."
            )
        self._set_tokens(self.tokens_of(np.asarray(plain, object)) if plain else [])
        self._record_size()
        if weights is not None:
            self._weights = weights

    def _record_size(self) -> None:
        size, before = self.vocabulary_size(), self._frozen_vocab_size
        fixed = self.output_mode == "int" or self.pad_to_max_tokens
        if not fixed and before is not None and size != before:
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the "
                "vocabulary size cannot be changed after the layer is called. Old vocab size is "
                f"{before}, new vocab size is {size}"
            )
        self._frozen_vocab_size = size

    # ---- learning it

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent tokens first.

        Args:
            data: an array or list; or batches: a generator, a `PyDataset`, any iterable of arrays, or a
                Spark DataFrame of one column.
            steps: at most so many batches.
        """
        adapt(self, data, steps, lists_are_data=True)

    def update_state(self, data: Any) -> None:
        """Count the tokens of a batch: a row is a document."""
        values = np.atleast_2d(np.asarray(data))
        rows = values if self.output_mode == "tf_idf" else [values]
        self.count(self.tokens_of(row) for row in rows)

    def count(self, documents: Iterable[Sequence[Any]]) -> None:
        """Count the tokens of documents."""
        if self._has_input_vocabulary:
            raise ValueError(
                f"Cannot adapt layer '{self.name}' after setting a static vocabulary via "
                "`vocabulary` argument or `set_vocabulary()` method."
            )
        self._counts.add(documents)

    def finalize_state(self) -> None:
        """Set the vocabulary from the batches seen; without any it stays."""
        if not self._has_input_vocabulary and len(self._counts):
            special = [token for token in (self.mask_token, self.oov_token) if token is not None]
            limit = self.max_tokens and self.max_tokens - self._token_start
            tokens = self._counts.vocabulary(self.tokens_of(np.asarray(special, object)), limit)
            self._set_tokens(tokens)
            if self.output_mode == "tf_idf":
                weights = self._counts.inverse_document_frequencies(tokens)
                self._weights = self._to_depth(self._with_oov_weights(weights))
            self.reset_state()
        self._record_size()

    def reset_state(self) -> None:
        """Forget the batches seen."""
        self._counts = TokenCounts(by_document=self.output_mode == "tf_idf")

    # ---- using it

    @property
    def compute_dtype(self) -> str:
        """The dtype of tokens."""
        return self.vocabulary_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of tokens."""
        return self.vocabulary_dtype

    @property
    def output_dtype(self) -> str:
        """int64 for numbers, the default float dtype for vectors, and that of tokens when inverted."""
        if self.invert:
            return self.vocabulary_dtype
        return "int64" if self.output_mode == "int" else config.floatx()

    def _depth(self) -> int | None:
        return self.max_tokens if self.pad_to_max_tokens else self._frozen_vocab_size

    def compute(self, values: Any) -> Any:
        """Look tokens up and encode their numbers, or look numbers up."""
        if self.invert:
            return self._table.look_up(values)
        return self.encoded(self.look_up(values))

    def encoded(self, numbers: Any) -> Any:
        """Numbers of tokens in the output mode."""
        depth = self._depth()
        if self.output_mode != "int" and depth is None:
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, you "
                "must set the layer's vocabulary before calling it. Either pass a `vocabulary` "
                "argument to the layer, or call `adapt` with some sample data."
            )
        if self.output_mode != "tf_idf":
            return encode(numbers, self.output_mode, depth or 0, self.output_dtype)
        if self._weights is None:
            raise ValueError("When `output_mode` is `'tf_idf'`, `idf_weights` must be provided.")
        counts = encode(numbers, "count", depth or 0, self.output_dtype)
        return F.multiply(counts, self._weights)

    def look_up(self, values: Any) -> Any:
        """The number of each token, int64; none of the numbers of tokens for one that counts as nothing.

        Raises:
            RuntimeError: there is no vocabulary; or tokens out of it, and ``num_oov_indices`` is 0 (not in a
                compiled model, where they get the number -1).
        """
        if not self._has_vocabulary:
            raise RuntimeError(
                f"Layer '{self.name}' has no vocabulary: pass `vocabulary`, or call `adapt(data)`."
            )
        if self.num_oov_indices == 1:
            return self.find(values, self._oov_start)
        numbers = self.find(values, _UNKNOWN)
        if self.num_oov_indices:
            oov = F.add(self.oov_numbers(values), self._oov_start)
            return F.where(F.equal(numbers, _UNKNOWN), oov, numbers)
        if isinstance(numbers, np.ndarray):
            self._check_known(values, numbers)
        return numbers

    def _check_known(self, values: np.ndarray, numbers: np.ndarray) -> None:
        unknown = values[numbers == _UNKNOWN]
        if unknown.size:
            raise RuntimeError(
                "When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values "
                f"{unknown[:10].tolist()}, consider setting `num_oov_indices=1`."
            )

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the numbers, or of their vectors."""
        return encoded_shape(
            input_shape,
            "count" if self.output_mode == "tf_idf" else self.output_mode,
            self._depth(),
        )

    # ---- files

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, a vocabulary given as a list among them."""
        learnt = {"oov_method": self.oov_method, "vocabulary_size": self._frozen_vocab_size}
        return super().get_config() | learnt

    def get_build_config(self) -> dict[str, Any]:
        """Nothing depends on shapes."""
        return {}

    def save_own_variables(self, store: Any) -> None:
        """Write the weights of the mode "tf_idf"."""
        if self.output_mode == "tf_idf":
            store["idf_weights"] = self._weights

    def load_own_variables(self, store: Any) -> None:
        """Read what `save_own_variables` wrote."""
        if self.output_mode == "tf_idf":
            self._weights = np.asarray(store["idf_weights"])

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary, unless the config has it."""
        if self.vocabulary is None:
            text = "\n".join(str(token) for token in self.get_vocabulary())
            Path(dir_path, _FILE).write_text(text, encoding="utf-8", newline="")

    def load_assets(self, dir_path: str) -> None:
        """Read what `save_assets` wrote."""
        if self.vocabulary is None:
            lines = read_lines(str(Path(dir_path, _FILE)))
            while lines and lines[-1] == "":
                lines.pop()
            tokens = self._plain_list(lines)
            weights = None if self._weights is None else self._weights[: len(tokens)]
            self.set_vocabulary(tokens, weights)
