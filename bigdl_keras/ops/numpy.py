"""The operations that NumPy has as well, all of which ``keras.ops`` has too (``keras.ops.numpy``)."""

from bigdl_keras.ops.namespaces import namespace

__getattr__, __dir__ = namespace("numpy")
