"""Masks: who makes, keeps, changes and drops them; dtypes and training flags on their way."""

from tests.parity.models.question import questions

# `mask_of` reads the mask that travels with a tensor, `masked` attaches one to an array.
QUESTIONS = questions("""
mask_of(L.Masking()(series * (series > 0).any(-1, keepdims=True)))
mask_of(L.Masking(1.0)(np.ones((2, 4, 3), 'float32')))
mask_of(L.Embedding(3, 2, mask_zero=True)(ids))
mask_of(L.Embedding(3, 2)(ids))
L.Embedding(3, 2, mask_zero=True).compute_mask(ids)
L.Masking().compute_mask(np.zeros((2, 4, 3), 'float32'))
mask_of(L.Dense(2)(masked(series)))
mask_of(L.Activation('relu')(masked(series)))
mask_of(L.Dropout(0.5)(masked(series)))
mask_of(L.SpatialDropout1D(0.5)(masked(series)))
mask_of(L.LayerNormalization()(masked(series)))
mask_of(L.BatchNormalization()(masked(series)))
mask_of(L.UnitNormalization()(masked(series)))
mask_of(L.RMSNormalization()(masked(series)))
mask_of(L.GroupNormalization(3)(masked(series)))
mask_of(L.EinsumDense('abc,cd->abd', (None, 2))(masked(series)))
mask_of(L.Identity()(masked(series)))
mask_of(L.Lambda(lambda x: x)(masked(series)))
mask_of(L.Lambda(lambda x: x, mask=lambda x, m: m)(masked(series)))
mask_of(L.Flatten()(masked(series)))
mask_of(L.Reshape((2, 6))(masked(series)))
mask_of(L.Permute((2, 1))(masked(series)))
mask_of(L.Conv1D(2, 3)(masked(series)))
mask_of(L.MaxPooling1D(2)(masked(series)))
mask_of(L.GlobalAveragePooling1D()(masked(series)))
L.GlobalAveragePooling1D()(masked(series))
L.GlobalMaxPooling1D()(masked(series))
mask_of(L.ReLU()(masked(series)))
mask_of(L.LeakyReLU()(masked(series)))
mask_of(L.PReLU()(masked(series)))
mask_of(L.ELU()(masked(series)))
mask_of(L.ActivityRegularization(0.1)(masked(series)))
mask_of(L.GaussianNoise(0.1)(masked(series)))
mask_of(L.GaussianDropout(0.1)(masked(series)))
mask_of(L.AlphaDropout(0.1)(masked(series)))
mask_of(L.ZeroPadding1D(1)(masked(series)))
mask_of(L.Cropping1D(1)(masked(series)))
mask_of(L.UpSampling1D(2)(masked(series)))
mask_of(L.RepeatVector(2)(x))
mask_of(L.Add()([masked(series), series]))
mask_of(L.Add()([masked(series), masked(series, other=True)]))
mask_of(L.Multiply()([masked(series), masked(series, other=True)]))
mask_of(L.Average()([series, masked(series, other=True)]))
mask_of(L.Subtract()([masked(series), masked(series, other=True)]))
mask_of(L.Maximum()([masked(series), masked(series, other=True)]))
mask_of(L.Concatenate()([masked(series), masked(series, other=True)]))
mask_of(L.Concatenate(axis=1)([masked(series), masked(series, other=True)]))
mask_of(L.Concatenate(axis=1)([masked(series), series]))
mask_of(L.Dot(axes=2)([masked(series), masked(series)]))
mask_of(L.LSTM(2)(masked(series)))
mask_of(L.LSTM(2, return_sequences=True)(masked(series)))
[mask_of(t) for t in L.GRU(2, return_sequences=True, return_state=True)(masked(series))]
mask_of(L.GRU(2, return_sequences=True, go_backwards=True)(masked(series)))
mask_of(L.Bidirectional(L.LSTM(2, return_sequences=True))(masked(series)))
mask_of(L.Bidirectional(L.LSTM(2))(masked(series)))
mask_of(L.RNN(L.LSTMCell(2), return_sequences=True)(masked(series)))
mask_of(L.TimeDistributed(L.Dense(2))(masked(series)))
mask_of(L.Attention()([masked(series), masked(series, other=True)]))
mask_of(L.AdditiveAttention()([masked(series), series]))
mask_of(L.MultiHeadAttention(2, 2)(masked(series), series))
mask_of(L.MultiHeadAttention(2, 2)(series, masked(series)))
mask_of(k.Sequential([L.Dense(2), L.Activation('relu')])(masked(series)))
mask_of(k.Sequential([L.Masking(), L.LSTM(2, return_sequences=True), L.Dense(2)])(np.ones((2, 4, 3), 'float32')))
i = I((4,), dtype='int32'); m = k.Model(i, L.LSTM(2, return_sequences=True)(L.Embedding(3, 2, mask_zero=True)(i))); mask_of(m(ids))
i = I((4,), dtype='int32'); m = k.Model(i, L.Embedding(3, 2, mask_zero=True)(i)); mask_of(L.Dense(2)(m(ids)))
mask_of(L.Embedding(3, 2, mask_zero=True)(I((4,), dtype='int32')))
mask_of(L.LSTM(2)(L.Embedding(3, 2, mask_zero=True)(I((4,), dtype='int32'))))
[getattr(L, n)(*a).supports_masking for n, a in KINDS]
b = L.Bidirectional(L.LSTM(2)); b.compute_mask(series, np.ones((2, 4), bool))
L.LSTM(2, return_sequences=True, return_state=True).compute_mask(series, np.ones((2, 4), bool))
L.Concatenate(axis=1).compute_mask([series, series], [np.ones((2, 4), bool), None])
L.Add().compute_mask([series, series], [np.ones((2, 4), bool), np.zeros((2, 4), bool)])
L.Dense(2).compute_mask(series, np.ones((2, 4), bool))
[L.Dense(2)(x.astype('float64')).dtype.name, L.Dense(2)(x.astype('float16')).dtype.name, L.Dense(2)(x.astype('int32')).dtype.name]
[L.Dense(2, dtype='float16')(x).dtype.name, L.Dense(2, dtype='bfloat16')(x).dtype.name, L.Dense(2, dtype='mixed_float16')(x).dtype.name]
[L.Add()([x, x.astype('float16')]).dtype.name, L.Add()([x.astype('int32'), x.astype('int32')]).dtype.name, L.Add()([x.astype('int32'), x]).dtype.name]
[L.Flatten()(x.astype('int32')).dtype.name, L.Reshape((3, 1))(x.astype('int8')).dtype.name, L.Identity()(x > 0).dtype.name]
[L.Flatten(dtype='float16')(x).dtype.name, L.Flatten(dtype='float16')(x.astype('int32')).dtype.name]
[L.MaxPooling1D(2)(series.astype('int32')).dtype.name, L.ZeroPadding1D(1)(series.astype('int32')).dtype.name, L.UpSampling1D(2)(series.astype('uint8')).dtype.name]
[L.Rescaling(2)(x.astype('int32')).dtype.name, L.Normalization(mean=1.0, variance=2.0)(x.astype('int32')).dtype.name]
[L.Embedding(3, 2, dtype='float16')(ids).dtype.name, L.Embedding(3, 2, dtype='mixed_bfloat16')(ids).dtype.name]
[L.BatchNormalization(dtype='mixed_float16')(x).dtype.name, L.LayerNormalization(dtype='mixed_bfloat16')(x).dtype.name, L.Softmax(dtype='float16')(x).dtype.name]
[L.LSTM(2, dtype='mixed_bfloat16')(series).dtype.name, L.MultiHeadAttention(2, 2, dtype='mixed_float16')(series, series).dtype.name]
l = L.LSTM(2, dtype='mixed_bfloat16', return_state=True); [t.dtype.name for t in l(series)]
[L.Concatenate()([x, x.astype('float16')]).dtype.name, L.Concatenate()([x.astype('int32'), x.astype('int32')]).dtype.name, L.Dot(1)([x, x.astype('float16')]).dtype.name]
[L.Conv1D(2, 3, dtype='mixed_float16')(series).dtype.name, L.GlobalAveragePooling1D()(series.astype('int32')).dtype.name, L.Dropout(0.5)(x.astype('int32')).dtype.name]
d = L.Dense(2, autocast=False); d(x.astype('float16')).dtype.name
d = L.Dense(2, dtype='mixed_float16', autocast=False); d(x).dtype.name
[L.Activation('relu')(x.astype('int32')).dtype.name, L.ReLU()(x.astype('int32')).dtype.name, L.Masking()(x.astype('int32')).dtype.name]
L.Flatten()(np.float32(3) * np.ones(2, 'float32'))
seen = []; N = type('N', (L.Layer,), {'call': lambda self, x, training=None: seen.append(training) or x}); n = N(); n(x); n(x, training=True); n(x, training=False); k.Sequential([n])(x, training=True); seen
seen = []; N = type('N', (L.Layer,), {'call': lambda self, x, training=True: seen.append(training) or x}); n = N(); n(x); k.Sequential([n])(x); k.Sequential([n])(x, training=False); seen
seen = []; N = type('N', (L.Layer,), {'call': lambda self, x, mask=None: seen.append(mask is None) or x}); n = N(); n(x); n(masked(series)); n(series, mask=np.ones((2, 4), bool)); seen
""")

KINDS = [
    ("Dense", (2,)), ("Conv1D", (2, 3)), ("Embedding", (3, 2)), ("Masking", ()), ("LSTM", (2,)),
    ("Flatten", ()), ("Dropout", (0.5,)), ("Add", ()), ("Concatenate", ()), ("Dot", (1,)),
    ("Reshape", ((2,),)), ("Permute", ((1,),)), ("RepeatVector", (2,)), ("Activation", ("relu",)),
    ("ReLU", ()), ("LeakyReLU", ()), ("PReLU", ()), ("ELU", ()), ("Softmax", ()),
    ("BatchNormalization", ()), ("LayerNormalization", ()), ("GroupNormalization", ()),
    ("UnitNormalization", ()), ("RMSNormalization", ()), ("MaxPooling1D", (2,)),
    ("GlobalAveragePooling1D", ()), ("GlobalMaxPooling1D", ()), ("ZeroPadding1D", ()),
    ("Cropping1D", ()), ("UpSampling1D", ()), ("GaussianNoise", (0.1,)), ("GaussianDropout", (0.1,)),
    ("AlphaDropout", (0.1,)), ("SpatialDropout1D", (0.1,)), ("ActivityRegularization", ()),
    ("Identity", ()), ("Attention", ()), ("AdditiveAttention", ()), ("MultiHeadAttention", (2, 2)),
    ("Rescaling", (2,)), ("Normalization", ()), ("SimpleRNN", (2,)), ("GRU", (2,)),
    ("LSTMCell", (2,)), ("GRUCell", (2,)), ("SimpleRNNCell", (2,)), ("Layer", ()),
]  # fmt: skip
