"""What is compared: a library that holds one built workload, and trains and predicts with it."""

import importlib
import os
from importlib.metadata import version

from models import MODELS

LIBRARIES = ("bigdl_keras", "tensorflow", "jax", "torch", "torch by hand")


def subject(library, name, precision):
    """The subject of a library; its `__init__` imports the library, and nothing did before."""
    kind = {"bigdl_keras": Bigdl, "torch by hand": ByHand}.get(library, Keras)
    return kind(library, MODELS[name], name, precision)


def rows_of(x, rows):
    """The first rows of an array, or of each in a list."""
    return [part[:rows] for part in x] if isinstance(x, list) else x[:rows]


class Keras:
    """A backend of Keras."""

    module = "keras"

    def __init__(self, library, workload, name, precision):
        self.keras = importlib.import_module(self.module)
        self.workload, self.precision = workload, precision
        # What is imported when it is first used belongs to the import as well.
        for part in ("layers", "losses", "metrics", "models", "optimizers"):
            getattr(self.keras, part)
        self.versions = {self.module: self.keras.__version__}
        if library in ("tensorflow", "jax", "torch"):
            package = "tensorflow-cpu" if library == "tensorflow" else library
            self.versions[library] = version(package)

    def build(self):
        self.keras.utils.set_random_seed(1)
        self.keras.mixed_precision.set_global_policy(self.precision)
        self.model = self.workload.build(self.keras)
        self.model.compile(optimizer="adam", loss=self.workload.loss)

    def train(self, x, y):
        self.model.fit(x, y, batch_size=self.workload.batch, verbose=0, shuffle=False)

    def predict(self, x):
        self.model.predict(x, batch_size=self.workload.batch, verbose=0)

    def call(self, x):
        self.keras.ops.convert_to_numpy(self.model(x))

    def facts(self, x, y):
        """What only some libraries can tell of a step on these arrays."""
        return {}

    def peak(self):
        """The rate of a float32 matrix product, in operations a second; 0 if nobody asked this library."""
        return 0.0


class Bigdl(Keras):
    """This project."""

    module = "bigdl_keras"

    def facts(self, x, y):
        train = self.model.profile(x, y, len(y), repeat=1)
        predict = self.model.profile(x, batch_size=len(y), repeat=1)
        one = self.model.profile(rows_of(x, 1), repeat=20)
        return {
            "train_flops": train.product_flops,
            "predict_flops": predict.product_flops,
            "arena_mb": train.memory.arena / 1e6,
            "one_kernels_ms": 1e3 * one.kernel_seconds,
        }

    def peak(self):
        from bigdl_backend.graph.peak import product_peak

        return product_peak(int(os.environ["OMP_NUM_THREADS"]))


class ByHand:
    """PyTorch modules and loops, with what its documentation advises for processors."""

    def __init__(self, library, workload, name, precision):
        import torch

        self.torch, self.workload, self.name = torch, workload, name
        self.half = precision == "mixed_bfloat16"
        self.versions = {"torch": torch.__version__}

    def build(self):
        from by_hand import MODULES

        torch = self.torch
        torch.manual_seed(1)
        self.module = MODULES[self.name]()
        functional = torch.nn.functional
        self.loss = {
            "sparse_categorical_crossentropy": functional.cross_entropy,
            "binary_crossentropy": functional.binary_cross_entropy_with_logits,
            "mean_squared_error": functional.mse_loss,
        }[self.workload.loss]
        layouts = {4: torch.channels_last, 5: torch.channels_last_3d}
        rank = max(parameter.ndim for parameter in self.module.parameters())
        if rank in layouts:
            self.module = self.module.to(memory_format=layouts[rank])
        self.optimizer = torch.optim.Adam(self.module.parameters(), lr=1e-3, fused=True)

    def train(self, x, y):
        self.module.train()
        labels = self._tensor(y)
        for rows, batch in self._batches(x):
            self.optimizer.zero_grad(set_to_none=True)
            with self._precision():
                loss = self.loss(self.module(*batch).float(), labels[rows])
            loss.backward()
            self.optimizer.step()
        loss.item()

    def predict(self, x):
        self.module.eval()
        with self.torch.inference_mode(), self._precision():
            parts = [self.module(*batch) for _, batch in self._batches(x)]
        self.torch.cat(parts).float().numpy()

    call = predict

    def facts(self, x, y):
        return {}

    def peak(self):
        from time import perf_counter

        a = self.torch.full((1024, 1024), 0.5)
        best = float("inf")
        for _ in range(4):
            start = perf_counter()
            self.torch.mm(a, a)
            best = min(best, perf_counter() - start)
        return 2 * 1024**3 / best

    def _precision(self):
        return self.torch.autocast("cpu", self.torch.bfloat16, enabled=self.half)

    def _tensor(self, array):
        """The array's memory as a tensor, channels second by name and last in memory."""
        tensor = self.torch.from_numpy(array)
        return tensor.movedim(-1, 1) if tensor.ndim > 3 else tensor

    def _batches(self, x):
        arrays = [self._tensor(part) for part in (x if isinstance(x, list) else [x])]
        for start in range(0, len(arrays[0]), self.workload.batch):
            rows = slice(start, start + self.workload.batch)
            yield rows, [array[rows] for array in arrays]
