"""Recurrent layers over whole sequences, with their gradients by time.

Where mask[n, t] is false, row n keeps the state it had before step t.
"""

from __future__ import annotations

import numpy as np

from bigdl_backend.graph.dims import DimLike
from bigdl_backend.graph.registry import primitive
from bigdl_backend.graph.spec import TensorSpec
from bigdl_backend.graph.trace import bind
from bigdl_backend.primitives import functional as F
from bigdl_backend.primitives.rules import same_dtype, widened


def _sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def _check(x: TensorSpec, units: DimLike, gates: int, **operands: tuple[TensorSpec, tuple]) -> None:
    for name, (spec, shape) in operands.items():
        if spec.shape != shape:
            raise ValueError(
                f"{name} has the shape {spec.shape}, expected {shape} for the input {x.shape} and "
                f"{units} units ({gates} gates)"
            )
    same_dtype(x, *(spec for name, (spec, _) in operands.items() if name != "mask"))


def _lstm_shape(
    x: TensorSpec,
    h0: TensorSpec,
    c0: TensorSpec,
    kernel: TensorSpec,
    recurrent: TensorSpec,
    bias: TensorSpec,
    mask: TensorSpec,
) -> tuple[TensorSpec, ...]:
    batch, time, features = x.shape
    units = h0.shape[-1]
    _check(
        x,
        units,
        4,
        h0=(h0, (batch, units)),
        c0=(c0, (batch, units)),
        kernel=(kernel, (features, 4 * units)),
        recurrent=(recurrent, (units, 4 * units)),
        bias=(bias, (4 * units,)),
        mask=(mask, (batch, time)),
    )
    states = x.with_shape((batch, time, units))
    return states, states, x.with_shape((batch, time, 4 * units))


def _or_zeros(g, like):
    return F.zeros_like(like) if g is None else g


def _lstm_gradient(g, outputs, x, h0, c0, kernel, recurrent, bias, mask):
    if g[2] is not None:
        raise NotImplementedError("the gates of an lstm are kept for its gradient only")
    hs, cs, gates = outputs
    return (
        *bind(
            "lstm_grad",
            _or_zeros(g[0], hs),
            _or_zeros(g[1], cs),
            x,
            h0,
            c0,
            kernel,
            recurrent,
            mask,
            hs,
            cs,
            gates,
        ),
        None,
    )


@primitive("lstm", shape=_lstm_shape, gradient=_lstm_gradient)
def lstm(x, h0, c0, kernel, recurrent, bias, mask):
    """The states h and c after every step, and the activated gates i, f, candidate, o."""
    projected = widened(x) @ widened(kernel) + widened(bias)
    h, c, recurrent = widened(h0), widened(c0), widened(recurrent)
    units = h.shape[-1]
    hs, cs, gates = [], [], []
    for t in range(x.shape[1]):
        z = projected[:, t] + h @ recurrent
        i, f, candidate, o = (z[:, k * units : (k + 1) * units] for k in range(4))
        i, f, candidate, o = _sigmoid(i), _sigmoid(f), np.tanh(candidate), _sigmoid(o)
        keep = mask[:, t, None]
        c = np.where(keep, f * c + i * candidate, c)
        h = np.where(keep, o * np.tanh(c), h)
        hs.append(h)
        cs.append(c)
        gates.append(np.concatenate([i, f, candidate, o], axis=-1))
    return tuple(
        np.stack(values, axis=1).astype(x.dtype)
        if values
        else np.zeros((x.shape[0], 0, width), x.dtype)
        for values, width in ((hs, units), (cs, units), (gates, 4 * units))
    )


def _no_second_order(g, outputs, *inputs, **attrs):
    raise NotImplementedError(
        "second derivatives of the fused lstm and gru are not available: build the layer with "
        "RNN(LSTMCell(...)) or RNN(GRUCell(...)), which differentiate to any order"
    )


def _lstm_grad_shape(dhs, dcs, x, h0, c0, kernel, recurrent, mask, hs, cs, gates):
    return x, h0, c0, kernel, recurrent, kernel.with_shape(kernel.shape[-1:])


@primitive("lstm_grad", shape=_lstm_grad_shape, gradient=_no_second_order)
def lstm_grad(dhs, dcs, x, h0, c0, kernel, recurrent, mask, hs, cs, gates):
    """The gradients with respect to x, h0, c0, kernel, recurrent kernel and bias."""
    dtype = x.dtype
    dhs, dcs, x, kernel, recurrent, hs, cs, gates = map(
        widened, (dhs, dcs, x, kernel, recurrent, hs, cs, gates)
    )
    dh, dc = np.zeros_like(widened(h0)), np.zeros_like(widened(c0))
    dz_all = np.zeros_like(gates)
    drecurrent = np.zeros_like(recurrent)
    for t in range(x.shape[1] - 1, -1, -1):
        h_before = hs[:, t - 1] if t else widened(h0)
        c_before = cs[:, t - 1] if t else widened(c0)
        i, f, candidate, o = np.split(gates[:, t], 4, axis=-1)
        keep = mask[:, t, None]
        dh, dc = dh + dhs[:, t], dc + dcs[:, t]
        squashed = np.tanh(cs[:, t])
        dc_step = dc + dh * o * (1 - squashed**2)
        dz = np.concatenate(
            [
                dc_step * candidate * i * (1 - i),
                dc_step * c_before * f * (1 - f),
                dc_step * i * (1 - candidate**2),
                dh * squashed * o * (1 - o),
            ],
            axis=-1,
        )
        dz = np.where(keep, dz, 0)
        dz_all[:, t] = dz
        drecurrent += h_before.T @ dz
        dh = np.where(keep, dz @ recurrent.T, dh)
        dc = np.where(keep, dc_step * f, dc)
    dx, dkernel, dbias = _input_gradients(dz_all, x, kernel)
    return tuple(v.astype(dtype) for v in (dx, dh, dc, dkernel, drecurrent, dbias))


def _input_gradients(dz, x, kernel):
    """dx, dkernel and dbias from the gradients of all pre-activations [N, T, G]."""
    flat = dz.reshape(-1, dz.shape[-1])
    return dz @ kernel.T, x.reshape(-1, x.shape[-1]).T @ flat, flat.sum(axis=0)


def _gru_shape(
    x: TensorSpec,
    h0: TensorSpec,
    kernel: TensorSpec,
    recurrent: TensorSpec,
    bias: TensorSpec,
    mask: TensorSpec,
    *,
    reset_after: bool,
) -> tuple[TensorSpec, ...]:
    batch, time, features = x.shape
    units = h0.shape[-1]
    _check(
        x,
        units,
        3,
        h0=(h0, (batch, units)),
        kernel=(kernel, (features, 3 * units)),
        recurrent=(recurrent, (units, 3 * units)),
        bias=(bias, (2, 3 * units)),
        mask=(mask, (batch, time)),
    )
    return x.with_shape((batch, time, units)), x.with_shape((batch, time, 4 * units))


def _gru_gradient(g, outputs, x, h0, kernel, recurrent, bias, mask, *, reset_after):
    if g[1] is not None:
        raise NotImplementedError("the gates of a gru are kept for its gradient only")
    hs, gates = outputs
    return (
        *bind("gru_grad", g[0], x, h0, kernel, recurrent, mask, hs, gates, reset_after=reset_after),
        None,
    )


@primitive("gru", shape=_gru_shape, gradient=_gru_gradient)
def gru(x, h0, kernel, recurrent, bias, mask, *, reset_after):
    """The state after every step, and z, r, the candidate and its recurrent part.

    The recurrent part is ``h R + b`` if `reset_after`, else ``(r h) R + b``.
    """
    bias, recurrent = widened(bias), widened(recurrent)
    projected = widened(x) @ widened(kernel) + bias[0]
    h = widened(h0)
    units = h.shape[-1]
    gate_columns, last_columns = slice(0, 2 * units), slice(2 * units, 3 * units)
    hs, gates = [], []
    for t in range(x.shape[1]):
        inner = (
            projected[:, t, gate_columns] + h @ recurrent[:, gate_columns] + bias[1, gate_columns]
        )
        z, r = _sigmoid(inner[:, :units]), _sigmoid(inner[:, units:])
        source = h if reset_after else r * h
        part = source @ recurrent[:, last_columns] + bias[1, last_columns]
        candidate = np.tanh(projected[:, t, last_columns] + (r * part if reset_after else part))
        h = np.where(mask[:, t, None], z * h + (1 - z) * candidate, h)
        hs.append(h)
        gates.append(np.concatenate([z, r, candidate, part], axis=-1))
    return tuple(
        np.stack(values, axis=1).astype(x.dtype)
        if values
        else np.zeros((x.shape[0], 0, width), x.dtype)
        for values, width in ((hs, units), (gates, 4 * units))
    )


def _gru_grad_shape(dhs, x, h0, kernel, recurrent, mask, hs, gates, *, reset_after):
    return x, h0, kernel, recurrent, kernel.with_shape((2, kernel.shape[-1]))


@primitive("gru_grad", shape=_gru_grad_shape, gradient=_no_second_order)
def gru_grad(dhs, x, h0, kernel, recurrent, mask, hs, gates, *, reset_after):
    """The gradients with respect to x, h0, kernel, recurrent kernel and bias."""
    dtype = x.dtype
    dhs, x, h0, kernel, recurrent, hs, gates = map(
        widened, (dhs, x, h0, kernel, recurrent, hs, gates)
    )
    units = h0.shape[-1]
    of_gates, of_last = recurrent[:, : 2 * units], recurrent[:, 2 * units :]
    dh = np.zeros_like(h0)
    steps = x.shape[1]
    dz_all = np.zeros((x.shape[0], steps, 3 * units), x.dtype)
    drecurrent, dbias_recurrent = np.zeros_like(recurrent), np.zeros(3 * units, x.dtype)
    for t in range(steps - 1, -1, -1):
        before = hs[:, t - 1] if t else h0
        z, r, candidate, part = np.split(gates[:, t], 4, axis=-1)
        keep = mask[:, t, None]
        dh = dh + dhs[:, t]
        step = np.where(keep, dh, 0)
        d_candidate = step * (1 - z) * (1 - candidate**2)
        d_part = d_candidate * r if reset_after else d_candidate
        from_part = d_part @ of_last.T
        d_r = (d_candidate * part if reset_after else from_part * before) * r * (1 - r)
        d_z = step * (before - candidate) * z * (1 - z)
        d_gates = np.concatenate([d_z, d_r], axis=-1)
        dz_all[:, t] = np.concatenate([d_gates, d_candidate], axis=-1)
        source = before if reset_after else r * before
        drecurrent[:, : 2 * units] += before.T @ d_gates
        drecurrent[:, 2 * units :] += source.T @ d_part
        dbias_recurrent += np.concatenate([d_gates, d_part], axis=-1).sum(axis=0)
        back = step * z + d_gates @ of_gates.T + (from_part if reset_after else from_part * r)
        dh = np.where(keep, back, dh)
    dx, dkernel, dbias_input = _input_gradients(dz_all, x, kernel)
    dbias = np.stack([dbias_input, dbias_recurrent])
    return tuple(v.astype(dtype) for v in (dx, dh, dkernel, drecurrent, dbias))
