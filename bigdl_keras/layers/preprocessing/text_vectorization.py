"""Text as numbers of its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bigdl_backend.graph.tensor import Tensor
from bigdl_keras import config, saving
from bigdl_keras.layers.preprocessing._adapting import adapt
from bigdl_keras.layers.preprocessing._encoding import check_choice, in_full, refuse_sparse
from bigdl_keras.layers.preprocessing._texts import byte_strings
from bigdl_keras.layers.preprocessing._tokens import SPLITS, STANDARDS, padded, utf8, with_ngrams
from bigdl_keras.layers.preprocessing.base_text_layer import TextLayer
from bigdl_keras.layers.preprocessing.string_lookup import StringLookup

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


class TextVectorization(TextLayer):
    """Texts standardised, split into tokens, and the tokens looked up in a vocabulary.

    `standardize` may be a function from an array of `str` to one of the same shape, and `split` one from a
    vector of `str` to a list of tokens each. The vocabulary is given, or learnt by `adapt`. In models give
    `output_sequence_length` where you can: without it steps are planned anew for every length of batches.

    Source: https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: str | Callable[..., Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[..., Any] | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str = "utf-8",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        refuse_sparse(sparse, "TextVectorization")
        if ragged:
            raise ValueError(
                "`ragged=True` can only be used with the TensorFlow backend. Leave it out: shorter "
                "texts are then filled up with zeros."
            )
        if standardize is not None and not callable(standardize):
            check_choice(standardize, tuple(STANDARDS), "TextVectorization", "standardize")
        if split is not None and not callable(split):
            check_choice(split, tuple(SPLITS), "TextVectorization", "split")
        output_mode = in_full(output_mode)
        check_choice(output_mode, _MODES, "TextVectorization", "output_mode")
        is_widths = isinstance(ngrams, tuple) and all(isinstance(item, int) for item in ngrams)
        if not (ngrams is None or isinstance(ngrams, int) or is_widths):
            raise ValueError(
                "`ngrams` must be None, an integer, or a tuple of integers. "
                f"Received: ngrams={ngrams}"
            )
        if output_mode == "int":
            if not (output_sequence_length is None or isinstance(output_sequence_length, int)):
                raise ValueError(
                    "`output_sequence_length` must be either None or an integer when `output_mode` "
                    f"is 'int'. Received: output_sequence_length={output_sequence_length}"
                )
        elif output_sequence_length is not None:
            raise ValueError(
                "`output_sequence_length` must not be set if `output_mode` is not 'int'. "
                f"Received output_sequence_length={output_sequence_length}."
            )
        # What files hold beside the arguments of users.
        learnt = ("vocabulary_size", "has_input_vocabulary")
        of_lookup = {key: kwargs.pop(key) for key in learnt if key in kwargs}
        super().__init__(name=name, **kwargs)
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token="",
            output_mode=output_mode,
            encoding=encoding,
            **of_lookup,
        )
        self.max_tokens = max_tokens
        self.standardize = standardize
        self.split = split
        self.ngrams = ngrams
        self.output_mode = output_mode
        self.output_sequence_length = output_sequence_length
        self.pad_to_max_tokens = pad_to_max_tokens
        self.vocabulary = self._lookup_layer.vocabulary
        self.idf_weights = self._lookup_layer.idf_weights
        self.sparse = sparse
        self.ragged = ragged
        self.encoding = encoding

    @property
    def compute_dtype(self) -> str:
        """The dtype of its inputs."""
        return "string"

    @property
    def variable_dtype(self) -> str:
        """The dtype of its inputs."""
        return "string"

    @property
    def output_dtype(self) -> str:
        """int64 for numbers, the default float dtype for vectors."""
        return "int64" if self.output_mode == "int" else config.floatx()

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of the numbers, or of the vectors."""
        shape = tuple(input_shape)
        length = self.output_sequence_length
        if self.split is not None:
            shape = (*(shape[:-1] if len(shape) > 1 else shape), None)
        elif self.ngrams is not None:
            shape = (*shape[:-1], None)
        if self.output_mode == "int":
            return shape if length is None or len(shape) < 2 else (*shape[:-1], length)
        return self._lookup_layer.compute_output_shape(shape)

    def compute(self, values: Any) -> Any:
        """Standardise, split, look up."""
        if isinstance(values, Tensor):
            raise TypeError(
                f"Layer '{self.name}' takes text; got numbers of dtype {values.dtype}, computed in "
                "a model."
            )
        lookup = self._lookup_layer
        values = self._standardized(values)
        if self.split is None and self.ngrams is None:
            numbers = lookup.look_up(values)
            length = self.output_sequence_length
            if length is not None and values.ndim > 1:
                lengths = np.full(int(np.prod(values.shape[:-1])), values.shape[-1])
                matrix = padded(numbers.ravel(), lengths, length, 0)
                numbers = matrix.reshape(*values.shape[:-1], length)
            return lookup.encoded(numbers)
        documents, shape = self._documents(values)
        lengths = np.array([len(tokens) for tokens in documents], np.int64)
        flat = np.array([token for tokens in documents for token in tokens], object)
        # What is filled up counts as nothing: 0 means so among numbers, -1 in vectors.
        padding = 0 if self.output_mode == "int" else -1
        numbers = padded(lookup.look_up(flat), lengths, self.output_sequence_length, padding)
        encoded = lookup.encoded(numbers)
        return encoded.reshape(*shape, *encoded.shape[1:])

    def _standardized(self, values: np.ndarray) -> np.ndarray:
        if self.standardize is None:
            return values
        if callable(self.standardize):
            return np.asarray(self.standardize(self._as_str(values)))
        change = STANDARDS[self.standardize]
        texts = np.empty(values.size, object)
        texts[:] = [change(text) for text in byte_strings(values, self.name)]
        return texts.reshape(values.shape)

    def _as_str(self, values: np.ndarray) -> np.ndarray:
        texts = [text.decode(self.encoding) for text in byte_strings(values, self.name)]
        return np.array(texts, np.str_).reshape(values.shape)

    def _documents(self, values: np.ndarray) -> tuple[list[list[bytes]], tuple[int, ...]]:
        """The tokens of every document, and the shape in which the documents came."""
        if self.split is None:
            rows = values.reshape(-1, values.shape[-1])
            documents = [byte_strings(row, self.name) for row in rows]
            shape = values.shape[:-1]
        else:
            if values.ndim > 1:
                if values.shape[-1] != 1:
                    raise ValueError(
                        "When using `TextVectorization` to tokenize strings, the input rank must be "
                        "1 or the last shape dimension must be 1. Received: "
                        f"inputs.shape={values.shape} with rank={values.ndim}"
                    )
                values = values[..., 0]
            shape = values.shape
            documents = self._split(values.ravel())
        if self.ngrams is not None:
            widths = self.ngrams
            widths = range(1, widths + 1) if isinstance(widths, int) else widths
            documents = [with_ngrams(tokens, widths) for tokens in documents]
        return documents, shape

    def _split(self, values: np.ndarray) -> list[list[bytes]]:
        if callable(self.split):
            split = self.split(self._as_str(values))
            return [[utf8(token) for token in tokens] for tokens in split]
        cut = SPLITS[str(self.split)]
        return [cut(text) for text in byte_strings(values, self.name)]

    # ---- the vocabulary

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary: the most frequent tokens first.

        Args:
            data: an array or list of texts; or batches: a generator, a `PyDataset`, any iterable of arrays,
                or a Spark DataFrame of one column.
            batch_size: accepted for Keras scripts; the vocabulary does not depend on it.
            steps: at most so many batches.
        """
        del batch_size
        adapt(self, data, steps, lists_are_data=True)

    def update_state(self, data: Any) -> None:
        """Count the tokens of a batch of texts."""
        values = self._standardized(np.asarray(data))
        if self.split is None and self.ngrams is None:
            self._lookup_layer.update_state(values)
        else:
            self._lookup_layer.count(self._documents(values)[0])

    def finalize_state(self) -> None:
        """Set the vocabulary from the batches seen."""
        self._lookup_layer.finalize_state()

    def reset_state(self) -> None:
        """Forget the batches seen."""
        self._lookup_layer.reset_state()

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The tokens in the order of their numbers, with or without those for padding and unknown tokens."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many tokens there are, with those for padding and unknown tokens."""
        return self._lookup_layer.vocabulary_size()

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take a vocabulary instead of learning one; see `StringLookup.set_vocabulary`."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    # ---- files

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor, a vocabulary given as a list among them."""
        return super().get_config() | {
            "standardize": saving.serialize_keras_object(self.standardize),
            "split": saving.serialize_keras_object(self.split),
            "ngrams": self.ngrams,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> TextVectorization:
        """The layer that `get_config` described."""
        functions = {
            name: saving.deserialize_keras_object(config[name])
            for name in ("standardize", "split")
            if isinstance(config.get(name), dict)
        }
        ngrams = config.get("ngrams")
        if isinstance(ngrams, list):
            functions["ngrams"] = tuple(ngrams)
        return super().from_config({**config, **functions})

    def save_own_variables(self, store: Any) -> None:
        """Write the weights of the mode "tf_idf"."""
        self._lookup_layer.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        """Read what `save_own_variables` wrote."""
        self._lookup_layer.load_own_variables(store)

    def save_assets(self, dir_path: str) -> None:
        """Write the vocabulary, unless the config has it."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path: str) -> None:
        """Read what `save_assets` wrote."""
        self._lookup_layer.load_assets(dir_path)
