"""Weights, names, trainability, tracking, locking of layers."""

from tests.parity.models.question import questions

QUESTIONS = questions("""
d = L.Dense(2); d(x); [w.path for w in d.weights]
d = L.Dense(2); [d.built, d.weights, d.variables, d.losses, d.get_weights(), d.path]
[L.Dense(2).name, L.Dense(2).name, L.Conv2D(2, 3).name, L.LSTM(2).name, L.Conv2DTranspose(1, 1).name]
[L.PReLU().name, L.ReLU().name, L.GRU(1).name, L.MaxPooling1D().name, L.BatchNormalization().name]
[type(L.Dense(2)).__name__, k.Sequential().name, k.Sequential().name, k.Variable(1.0).name, k.Variable(1.0).path]
b = L.BatchNormalization(); b(x); [[w.path, w.trainable, w.dtype] for w in b.weights]
b = L.BatchNormalization(); b(x); [len(b.trainable_weights), len(b.non_trainable_weights), b.count_params()]
b = L.BatchNormalization(trainable=False); b(x); [[w.trainable for w in b.weights], len(b.trainable_weights), len(b.non_trainable_weights)]
b = L.BatchNormalization(); b.trainable = False; b(x); [len(b.trainable_weights), [w.trainable for w in b.weights]]
b = L.BatchNormalization(); b(x); b.trainable = False; b.trainable = True; [w.trainable for w in b.weights]
d = L.Dense(2, trainable=False); d(x); d.trainable = True; [w.trainable for w in d.weights]
d = L.Dropout(0.5); d(x); [len(d.variables), len(d.weights), [v.path for v in d.variables], [v.dtype for v in d.variables]]
m = L.MultiHeadAttention(2, 2); m(series, series); [w.path for w in m.weights]
m = L.MultiHeadAttention(2, 2, dropout=0.1); m(series, series); [v.path for v in m.variables]
l = L.LSTM(2); l(series); [[w.path, w.shape] for w in l.weights]
l = L.GRU(2, dropout=0.2); l(series); [v.path for v in l.variables]
l = L.Bidirectional(L.LSTM(2)); l(series); [w.path for w in l.weights]
l = L.Bidirectional(L.LSTM(2, name='mine'), name='both'); l(series); [[w.path for w in l.weights], l.forward_layer.name, l.backward_layer.name]
l = L.RNN([L.LSTMCell(2), L.GRUCell(3)]); l(series); [w.path for w in l.weights]
l = L.TimeDistributed(L.Dense(2)); l(series); [[w.path for w in l.weights], l.name]
l = L.SimpleRNN(2, stateful=True); l(series); [[v.path, v.trainable] for v in l.variables]
l = L.SeparableConv2D(2, 3); l(images); [[w.path, w.shape] for w in l.weights]
l = L.EinsumDense('abc,cd->abd', (None, 2), bias_axes='d'); l(series); [[w.path, w.shape] for w in l.weights]
w = L.Layer(name='a').add_weight(); [w.shape, w.dtype, w.trainable, w.path]
w = L.Layer(name='a').add_weight(shape=(2,), name='b', dtype='int32', trainable=False); [w.path, w.dtype, w.trainable, w.value]
w = L.Layer(name='a', dtype='float16').add_weight((2,), initializer='ones'); [w.dtype, w.value]
w = L.Layer(name='a', dtype='mixed_bfloat16').add_weight((2,), initializer='ones'); [w.dtype, w.shape]
w = L.Layer(name='a').add_weight((2,), 'ones', 'float16', trainable=False, autocast=False, regularizer='l2', constraint='non_neg', aggregation='mean', name='n'); [w.dtype, w.trainable, type(w.regularizer), type(w.constraint), w.aggregation, w.path]
w = L.Layer().add_weight((2,), initializer=lambda shape, dtype: np.full(shape, 3, dtype)); w.value
w = L.Layer(name='a').add_weight(shape=[2, 3], initializer='zeros'); w.shape
a = L.Layer(name='a'); a.w = k.Variable([1.0], name='v'); [w.path for w in a.weights]
a = L.Layer(name='a'); a.w = [k.Variable(1.0, name='v'), k.Variable(2.0, trainable=False, name='u')]; [[w.name for w in a.trainable_weights], [w.name for w in a.weights]]
a = L.Layer(name='a'); a.w = {'p': L.Dense(2), 'q': [L.Dense(3)]}; [len(a._layers), [l.name for l in a._flatten_layers()]]
a = L.Layer(name='a'); a.w = []; a.w.append(L.Dense(2)); a.w.append(k.Variable(1.0)); [len(a._layers), len(a.weights)]
a = L.Layer(name='a'); a.w = {}; a.w['p'] = L.Dense(2); a.w.update({'q': L.Dense(2)}); [len(a._layers), list(a.w)]
a = L.Layer(name='a'); a.w = [L.Dense(2), L.Dense(2)]; del a.w[0]; len(a._layers)
a = L.Layer(name='a'); a.w = [L.Dense(2)]; a.w.extend([L.Dense(2)]); a.w.insert(0, L.Dense(3)); a.w.pop(); len(a._layers)
a = L.Layer(name='a'); a.w = (L.Dense(2), [L.Dense(2)]); len(a._layers)
a = L.Layer(name='a'); a.w = L.Dense(2); a.w = L.Dense(3); [len(a._layers)]
a = L.Layer(name='a'); a.w = L.Dense(2); a.v = a.w; len(a._layers)
a = L.Layer(name='a'); a.m = k.metrics.Mean(name='m'); [len(a.metrics), len(a.metrics_variables), len(a.variables), len(a.weights)]
a = L.Layer(name='a'); a.s = k.random.SeedGenerator(3); [len(a.variables), len(a.weights), a.variables[0].value]
a = L.Layer(name='a'); a.w = {L.Dense(2), L.Dense(3)}; len(a._layers)
a = L.Layer(name='a', dtype='float16'); [a.dtype, a.compute_dtype, a.variable_dtype, a.dtype_policy, a.input_dtype]
a = L.Layer(name='a', dtype='mixed_float16'); [a.dtype, a.compute_dtype, a.variable_dtype, a.dtype_policy.name]
a = L.Layer(name='a', dtype=k.dtype_policies.DTypePolicy('mixed_bfloat16')); [a.dtype, a.compute_dtype]
L.Dense(2, name='a')
repr(L.Dense(2, name='a')).replace('bigdl_', '')
[repr(L.InputSpec(shape=(None, 3), min_ndim=2)), repr(L.InputSpec(dtype='float32', ndim=2, axes={-1: 3}))]
d = L.Dense(2); d(x); [d.input_spec.min_ndim, d.input_spec.axes]
[L.LSTM(2).input_spec.ndim, L.Conv2D(2, 3).input_spec.min_ndim, L.MaxPooling1D().input_spec.ndim]
c = L.Conv2D(2, 3); c(images); [c.input_spec.min_ndim, c.input_spec.axes]
d = L.Dense(2); d.build((None, 5)); [d.built, d.get_build_config(), d.kernel.shape]
d = L.Dense(2); d.build([None, 5]); d.get_build_config()
d = L.Dense(2); d.build_from_config({'input_shape': (2, 3)}); d.kernel.shape
a = L.Add(); a([x, x]); a.get_build_config()
m = L.MultiHeadAttention(2, 2); m(series, series); m.get_build_config()
d = L.Dense(2); d(I((3,))); [d.input, d.output]
d = L.Dense(2); d(x); s = {}; d.save_own_variables(s); [sorted(s), s['1']]
d = L.Dense(2); d(x); d.load_own_variables({'0': np.ones((3, 2)), '1': np.ones(2)}); d.get_weights()
d = L.Dense(2, kernel_initializer='ones'); d(x); d.stateless_call([np.zeros((3, 2), 'float32'), np.ones(2, 'float32')], [], x)
d = L.Dense(2, kernel_initializer='ones', activity_regularizer='l2'); d(x); d.losses
d = L.Dense(2, kernel_initializer='ones', kernel_regularizer='l2', bias_regularizer='l1', bias_initializer='ones'); d(x); d.losses
d = L.Dense(2, kernel_initializer='ones', kernel_regularizer='l2', trainable=False); d(x); d.losses
b = L.BatchNormalization(); b(x); b.stateless_call(b.trainable_variables, b.non_trainable_variables, x, training=True)
d = L.Dense(2, kernel_initializer='ones', kernel_regularizer='l2'); d(x); d.stateless_call(d.trainable_variables, [], x, return_losses=True)
[L.Dense(2).compute_output_shape((None, 4)), L.Flatten().compute_output_shape((None, 3, 4)), L.Conv2D(4, 3).compute_output_shape((2, 7, 7, 3))]
[L.LSTM(2, return_state=True).compute_output_shape((2, 4, 3)), L.GRU(2, return_sequences=True).compute_output_shape((2, 4, 3))]
[L.Concatenate().compute_output_shape([(2, 3), (2, 4)]), L.Add().compute_output_shape([(None, 3), (None, 3)]), L.Dot(1).compute_output_shape([(2, 3), (2, 3)])]
[L.Embedding(3, 2).compute_output_shape((None, 5)), L.Reshape((2, -1)).compute_output_shape((None, 6)), L.Permute((2, 1)).compute_output_shape((None, 3, 4))]
[L.Conv2DTranspose(4, 3, strides=2).compute_output_shape((None, 5, 5, 3)), L.MaxPooling2D().compute_output_shape((None, 5, 5, 3)), L.UpSampling2D().compute_output_shape((None, 5, 5, 3))]
[L.Bidirectional(L.LSTM(2)).compute_output_shape((None, 5, 3)), L.TimeDistributed(L.Dense(2)).compute_output_shape((None, 5, 3))]
L.MultiHeadAttention(2, 2).compute_output_shape((2, 4, 3), (2, 5, 3))
L.Attention().compute_output_shape([(2, 4, 3), (2, 5, 3)])
[L.Dense(2).compute_output_spec(k.KerasTensor((None, 3))), L.Dropout(0.1).compute_output_spec(k.KerasTensor((None, 3)))]
[L.Dense(2, dtype='float16')(I((3,))), L.Dense(2, dtype='mixed_bfloat16')(I((3,))), L.Dense(2)(I((3,), dtype='int32'))]
d = L.Dense(2); d(x); d.dtype_policy = 'mixed_bfloat16'; [d.compute_dtype, d(x).dtype.name, d.kernel.dtype]
d = L.Dense(2, activation='relu', name='a'); sorted((key, value) for key, value in d.get_config().items() if value is not None)
sorted((key, value) for key, value in L.Conv2D(2, 3, name='a').get_config().items() if value is not None)
sorted((key, value) for key, value in L.LSTM(2, name='a').get_config().items() if value is not None)
L.Bidirectional(L.LSTM(2, name='b'), name='a').get_config()['layer']['config']['name']
sorted((key, value) for key, value in L.MultiHeadAttention(2, 3, name='a').get_config().items() if value is not None)
sorted((key, value) for key, value in L.BatchNormalization(name='a').get_config().items() if value is not None)
sorted((key, value) for key, value in L.Layer(name='a', trainable=False, dtype='float16').get_config().items() if value is not None)
d = L.Dense.from_config(L.Dense(2, name='a', kernel_regularizer='l2').get_config()); [d.name, d.units, type(d.kernel_regularizer)]
[k.layers.serialize(L.Dense(2, name='a'))[key] for key in ('module', 'class_name', 'registered_name')]
v = k.Variable([1.0, 2.0]); v.assign([3.0, 4.0]); v.assign_add([1.0, 1.0]); v.assign_sub([2.0, 0.0]); [v.value, v.shape, v.ndim, v.dtype, v.numpy()]
v = k.Variable([1.0, 2.0]); [v + 1, 1 + v, v - 1, 1 - v, v * v, v / 2, 2 / v, v // 2, v % 2, v ** 2, 2 ** v, -v, abs(v)]
v = k.Variable([1.0, 2.0]); [v > 1, v >= 1, v < 2, v <= 1, v == 1, v != 1, v[0], v[::-1], v @ v]
v = k.Variable([1, 2], dtype='int32'); [v // 2, v + 1, v * 1.5, v / 2, v ** 2]
v = k.Variable([True, False]); [~v, v & True, v | True, v ^ True, v.dtype]
[k.Variable(3).dtype, k.Variable(3.0).dtype, k.Variable([True]).dtype, k.Variable([1, 2]).dtype, k.Variable(np.float16(3)).dtype]
[k.Variable(2.7, dtype='int32').value, k.Variable(1, dtype='float16').value, k.Variable('ones', shape=(2,)).value]
v = k.Variable(1.0, trainable=False, name='v'); [v.trainable, v.name, v.path, float(v), int(v)]
with_scope = [k.name_scope('a').__enter__(), k.name_scope('b').__enter__()]; v = k.Variable(1.0, name='v'); p = v.path; with_scope[1].__exit__(None, None, None); with_scope[0].__exit__(None, None, None); p
""")
