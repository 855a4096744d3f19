"""The operations of neural networks, all of which ``keras.ops`` has too (``keras.ops.nn``)."""

from bigdl_keras.ops.namespaces import namespace

__getattr__, __dir__ = namespace("nn")
