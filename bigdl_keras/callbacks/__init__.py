"""Callbacks: what happens around batches and epochs."""

from bigdl_keras.callbacks.backup_and_restore import BackupAndRestore
from bigdl_keras.callbacks.callback import Callback
from bigdl_keras.callbacks.callback_list import CallbackList
from bigdl_keras.callbacks.csv_logger import CSVLogger
from bigdl_keras.callbacks.early_stopping import EarlyStopping
from bigdl_keras.callbacks.history import History
from bigdl_keras.callbacks.lambda_callback import LambdaCallback
from bigdl_keras.callbacks.learning_rate_scheduler import LearningRateScheduler
from bigdl_keras.callbacks.model_checkpoint import ModelCheckpoint
from bigdl_keras.callbacks.monitor_callback import MonitorCallback
from bigdl_keras.callbacks.orbax_checkpoint import OrbaxCheckpoint
from bigdl_keras.callbacks.progbar_logger import ProgbarLogger
from bigdl_keras.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from bigdl_keras.callbacks.remote_monitor import RemoteMonitor
from bigdl_keras.callbacks.swap_ema_weights import SwapEMAWeights
from bigdl_keras.callbacks.tensorboard import TensorBoard
from bigdl_keras.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "MonitorCallback",
    "OrbaxCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
]
