"""Models: order of layers, names, shapes, copies, structures, freezing, configs, training."""

from tests.parity.models.question import questions

QUESTIONS = questions("""
m = dense_model(); [m.layers, m.weights[0].path, m.input_shape, m.output_shape, m.inputs, m.outputs, m.built, m.count_params()]
m = k.Sequential([L.Dense(2), L.Dense(3)]); [m.built, m.layers, m.weights]
m = k.Sequential([L.Dense(2), L.Dense(3)]); m(x); [m.built, [w.path for w in m.weights], m.input_shape, m.output_shape]
m = k.Sequential([L.Dense(2), L.Dense(3)]); m.build((None, 4)); [[w.path for w in m.weights], m.input_shape, m.output_shape]
m = k.Sequential([L.Dense(2), L.Dense(3)]); m.build((2, 4)); [m.input_shape, m.output_shape]
m = k.Sequential([L.Dense(2), L.Dense(3)]); m(x); p = m.pop(); [p, m.layers, m.built, m.output_shape]
m = dense_model(); m.add(L.Dense(5, name='e')); [m.layers, m.built, m.output_shape, m(x).shape]
m = k.Sequential(); m.add(I((3,))); m.add(L.Dense(2)); [m.built, m.output_shape, len(m.layers)]
m = k.Sequential([I((3,))]); [m.built, m.layers]
m = k.Sequential([I((3,))]); m.add(L.Dense(2)); m.add(L.Dense(4)); m.pop(); m.pop(); [m.layers, m.built]
m = k.Sequential([L.InputLayer((3,)), L.Dense(2)]); [m.built, m.layers]
m = k.Sequential([dense_model(), L.Dense(4)]); [m.built, m.layers, [w.path for w in m.weights]]
m = k.Sequential([L.Dense(2, input_shape=(3,))]); [m.built, m.layers]
m = k.Sequential([I(batch_shape=(2, 3)), L.Dense(2)]); [m.input_shape, m.output_shape]
m = k.Sequential([I((3,), dtype='int32'), L.Embedding(4, 2)]); [m.input_dtype, m.inputs]
m = k.Sequential([L.Dense(2)]); [m.compute_output_shape((None, 3))]
m = dense_model(); [m.compute_output_shape((5, 3)), m.compute_output_spec(k.KerasTensor((None, 3)))]
m = dense_model(); sorted(m.get_config())
m = dense_model(); m.get_config()['build_input_shape'], [l['class_name'] for l in m.get_config()['layers']]
m = k.Sequential.from_config(dense_model().get_config()); [m.name, m.layers, m.built, m.output_shape]
m = k.Sequential([L.Dense(2)], name='a', trainable=False); [m.trainable, m.get_config().get('trainable')]
m = dense_model(); m.trainable = False; [m.trainable, m.layers[0].trainable, len(m.trainable_weights), len(m.non_trainable_weights)]
m = dense_model(); m.layers[0].trainable = False; [m.trainable, len(m.trainable_weights), len(m.non_trainable_weights)]
m = dense_model(); m.layers[0].trainable = False; m.trainable = True; [m.layers[0].trainable, len(m.trainable_weights)]
i = I((3,), name='i'); a = L.Dense(2, name='a')(i); b = L.Dense(2, name='b')(i); m = k.Model(i, L.Add(name='s')([b, a])); [m.layers, [w.path for w in m.weights]]
i = I((3,), name='i'); a = L.Dense(2, name='a')(i); b = L.Dense(2, name='b')(a); m = k.Model(i, [b, a]); [m.layers, m.output_names, m.outputs, m.output_shape]
i = I((3,), name='i'); j = I((4,), name='j'); m = k.Model([j, i], L.Concatenate(name='c')([i, j])); [m.layers, m.inputs, m.input_shape]
i = I((3,), name='i'); j = I((3,), name='j'); m = k.Model({'j': j, 'i': i}, {'s': L.Add(name='s')([i, j]), 'd': L.Subtract(name='d')([i, j])}); [m.layers, m.output_names, m.inputs, m.output]
i = I((3,), name='i'); j = I((3,), name='j'); m = k.Model({'j': j, 'i': i}, {'s': i + j, 'd': i - j}); m({'i': x, 'j': 2 * x})
i = I((3,), name='i'); j = I((3,), name='j'); m = k.Model({'j': j, 'i': i}, i - j); m({'i': x, 'j': 2 * x, 'z': x})
i = I((3,), name='i'); j = I((3,), name='j'); m = k.Model([i, j], i - j); [m([x, 2 * x]), m((x, 2 * x)), m({'i': x, 'j': 2 * x}), m({'j': x, 'i': 2 * x})]
i = I((3,), name='i'); m = k.Model(i, i * 2); [m(x), m([x]), m({'i': x})]
i = I((3,), name='i'); m = k.Model([i], [i * 2]); [m(x), m([x]), m.input, m.output]
i = I((3,), name='i'); m = k.Model(inputs={'i': i}, outputs=[i * 2, {'t': i * 3}]); m({'i': x})
i = I((3,), name='i'); m = k.Model(i, (i * 2, i + 1)); m(x)
i = I((3,), name='i'); d = L.Dense(3, name='d', kernel_initializer='ones'); m = k.Model(i, d(d(i))); [m.layers, len(m.weights), m(x)]
i = I((3,), name='i'); d = L.Dense(3, name='d'); m = k.Model(i, d(i)); n = k.Model(i, L.Dense(2, name='e')(d(i))); [m.layers, n.layers, n.weights[0] is m.weights[0]]
i = I((3,), name='i'); d = dense_model(); m = k.Model(i, L.Dense(2, name='e')(d(i)), name='o'); [m.layers, [w.path for w in m.weights]]
i = I((3,), name='i'); m = k.Model(i, k.ops.relu(i) + 1); [[o.name for o in m.operations], m.layers]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='e')(i)); n = k.Model(m.input, m.get_layer('e').output); [n.layers, n.output_shape]
i = I((3,), name='i'); h = L.Dense(4, name='h')(i); m = k.Model(i, L.Dense(2, name='e')(h)); n = k.Model(h, m.output); [n.layers, n.input_shape, n(np.ones((2, 4), 'float32')).shape]
i = I((3,), name='i', batch_size=2); m = k.Model(i, L.Dense(2)(i)); [m.input_shape, m.output_shape]
i = I((3,), name='i', optional=True); m = k.Model(i, L.Identity()(i)); m.input_spec[0].optional
i = I((None, 3), name='i'); m = k.Model(i, L.LSTM(2)(i)); [m.input_spec[0].shape, m.input_spec[0].name]
i = I((3,), name='i'); [i.name, i.shape, i.dtype, i.ndim, I((), name='s').shape, I(batch_shape=(2, 3)).shape]
i = I((3,)); m = k.Model(i, i); [m.layers, m(x)]
i = I((3,)); m = k.Model(i, L.Dense(2, name='d')(i), name='mine', trainable=False); [m.name, m.trainable, len(m.trainable_weights)]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='d')(i), name='o'); sorted(m.get_config())
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='d')(i), name='o'); [m.get_config()['input_layers'], m.get_config()['output_layers'], [l['name'] for l in m.get_config()['layers']]]
i = I((3,), name='i'); j = I((3,), name='j'); m = k.Model({'b': i, 'a': j}, [L.Add(name='s')([i, j])]); [m.get_config()['input_layers'], m.get_config()['output_layers']]
i = I((3,), name='i'); d = L.Dense(3, name='d'); m = k.Model(i, d(d(i))); n = k.Model.from_config(m.get_config()); [n.layers, n.name, len(n.weights), n.get_config() == m.get_config()]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='d')(i * 2 + 1)); n = k.Model.from_config(m.get_config()); n.set_weights(m.get_weights()); np.abs(np.asarray(n(x)) - np.asarray(m(x))).max() < 1e-5
m = dense_model(); n = k.models.clone_model(m); [n.name, n.layers, n.weights[0].path, n is m]
m = dense_model(); n = k.models.clone_model(m, input_tensors=I((3,), name='new')); [n.inputs, n.layers]
m = dense_model(); seen = []; n = k.models.clone_model(m, clone_function=lambda l: seen.append(l.name) or l.__class__.from_config(l.get_config())); [seen, n.layers]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='d')(i), name='o'); seen = []; n = k.models.clone_model(m, clone_function=lambda l: seen.append(l.name) or l); [seen, n.layers, n.layers[1] is m.layers[1]]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='d')(i), name='o'); seen = []; n = k.models.clone_model(m, call_function=lambda l, *a, **kw: seen.append(l.name) or l(*a, **kw)); [seen, n.layers]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='e')(dense_model()(i)), name='o'); seen = []; n = k.models.clone_model(m, clone_function=lambda l: seen.append(l.name) or l.__class__.from_config(l.get_config()), recursive=True); [seen, n.layers]
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='e')(dense_model()(i)), name='o'); seen = []; n = k.models.clone_model(m, clone_function=lambda l: seen.append(l.name) or l.__class__.from_config(l.get_config())); seen
i = I((3,), name='i'); m = k.Model(i, L.Dense(2, name='d')(i)); n = k.models.clone_model(m, input_tensors=I((3,), name='new')); [n.input, n.layers]
m = compiled(); n = k.models.clone_model(m); [n.compiled, type(n.optimizer), n.loss]
m = dense_model(); [m.get_layer('d'), m.get_layer(index=0)]
M = type('M', (k.Model,), {'__init__': lambda self: (k.Model.__init__(self, name='m'), setattr(self, 'a', [L.Dense(2, name='p'), [L.Dense(3, name='q')]]), setattr(self, 'b', {'z': L.Dense(4, name='r')}))[0], 'call': lambda self, x: self.b['z'](self.a[1][0](self.a[0](x)))}); m = M(); m(x); [m.layers, [w.path for w in m.weights]]
M = type('M', (k.Model,), {'__init__': lambda self: (k.Model.__init__(self, name='m'), setattr(self, 'd', L.Dense(2, name='p')))[0], 'call': lambda self, x: self.d(x)}); m = M(); [m.built, m.layers, m.weights]
M = type('M', (k.Model,), {'__init__': lambda self: (k.Model.__init__(self, name='m'), setattr(self, 'd', L.Dense(2, name='p')))[0], 'call': lambda self, x: self.d(x)}); m = M(); m.build((None, 3)); [m.built, [w.path for w in m.weights]]
M = type('M', (k.Model,), {'__init__': lambda self: (k.Model.__init__(self, name='m'), setattr(self, 'd', L.Dense(2, name='p')))[0], 'call': lambda self, x: self.d(x)}); m = M(); m(x); [m.get_build_config(), m.count_params()]
M = type('M', (k.Model,), {'call': lambda self, x: x * 2}); m = M(); i = I((3,)); [m(i), m(x)]
M = type('M', (k.Model,), {'__init__': lambda self: (lambda i: k.Model.__init__(self, i, L.Dense(2, name='d')(i)))(I((3,), name='i'))}); m = M(); [m.layers, m.output_shape, m.built]
m = compiled(); m.fit(x, y, epochs=2, verbose=0).epoch
m = compiled(); [sorted(m.fit(x, y, epochs=2, verbose=0).history), m.metrics_names, m.compiled]
m = compiled(); m.get_compile_config()
m = compiled(); m.layers[0].trainable = False; m.compile('sgd', 'mse'); m.fit(x, y, verbose=0); [len(m.trainable_weights), len(m.optimizer.variables)]
m = compiled(); m.fit(x, y, verbose=0); [v.path for v in m.optimizer.variables]
m = dense_model(); m.compile('adam', 'mse', metrics=['mae']); m.fit(x, y, verbose=0); [[v.path for v in m.optimizer.variables], [v.path for v in m.metrics_variables], m.metrics]
m = dense_model(); m.set_weights([np.ones((3, 2)), np.zeros(2)]); m.compile('sgd', 'mse'); [m.evaluate(x, y, verbose=0), m.predict(x, verbose=0), m.train_on_batch(x, y), m.get_weights(), m.test_on_batch(x, y), m.predict_on_batch(x)]
m = dense_model(); m.set_weights([np.ones((3, 2)), np.zeros(2)]); m.compile(k.optimizers.Adam(0.1), 'mae', metrics=['mse']); h = m.fit(x, y, epochs=3, batch_size=1, shuffle=False, verbose=0); [h.history, m.get_weights()]
m = k.Sequential([I((3,)), L.Dense(2, kernel_initializer='ones', kernel_regularizer='l2', kernel_constraint='unit_norm')]); m.compile('sgd', 'mse'); h = m.fit(x, y, epochs=3, verbose=0); [h.history, m.get_weights()]
m = k.Sequential([I((3,)), L.Dense(2, kernel_initializer='ones', activity_regularizer='l1'), L.BatchNormalization()]); m.compile(k.optimizers.SGD(0.1), 'mse'); h = m.fit(x, y, epochs=3, verbose=0); [h.history, m.get_weights()]
m = k.Sequential([I((3,)), L.Dense(2, kernel_initializer='ones', kernel_constraint='max_norm', bias_constraint='non_neg')]); m.compile(k.optimizers.SGD(1.0), 'mse'); m.fit(x, y, epochs=5, verbose=0); m.get_weights()
m = k.Sequential([I((3,)), L.Dense(2, kernel_initializer='ones', trainable=False), L.Dense(2, kernel_initializer='ones')]); m.compile('sgd', 'mse'); m.fit(x, y, epochs=5, verbose=0); m.get_weights()
m = k.Sequential([I((4, 3)), L.LSTM(2, kernel_initializer='ones', recurrent_initializer='ones'), L.Dense(2, kernel_initializer='ones')]); m.compile(k.optimizers.Adam(0.1), 'mse'); h = m.fit(series, y, epochs=3, verbose=0); [h.history, m.get_weights()]
i = I((3,)); d = L.Dense(3, kernel_initializer='ones', name='s'); o = d(d(i)); m = k.Model(i, [o, L.Dense(2, kernel_initializer='ones')(o)]); m.compile('sgd', ['mse', 'mae'], loss_weights=[0.5, 2.0]); h = m.fit(x, [x, y], epochs=3, verbose=0); [h.history, m.get_weights()]
i = I((4, 3)); m = k.Model(i, L.MultiHeadAttention(1, 2, kernel_initializer='ones')(i, i)); m.compile(k.optimizers.SGD(0.1), 'mse'); h = m.fit(series, series, epochs=3, verbose=0); [h.history, m.get_weights()]
m = k.Sequential([I((5, 5, 3)), L.Conv2D(2, 3, kernel_initializer='ones', activation='tanh'), L.MaxPooling2D(), L.Flatten()]); m.compile(k.optimizers.Adam(0.01), 'mse'); h = m.fit(images, y, epochs=3, verbose=0); [h.history, m.get_weights()]
m = k.Sequential([I((4,)), L.Embedding(3, 2, embeddings_initializer='ones', mask_zero=True), L.GRU(2, kernel_initializer='ones', recurrent_initializer='ones')]); m.compile(k.optimizers.SGD(0.5), 'mse'); h = m.fit(np.array([[1, 2, 0, 0], [2, 0, 0, 0]]), y, epochs=3, verbose=0); [h.history, m.get_weights()]
m = dense_model(); lines = []; m.summary(print_fn=lambda t, **kw: lines.append(t)); len(lines[0].splitlines())
m = compiled(); sorted(m.get_state_tree()), sorted(m.get_state_tree()['trainable_variables']['d'])
m = dense_model(); n = k.models.model_from_json(m.to_json()); [n.name, n.layers]
m = dense_model(); [l.name for l in m._flatten_layers(include_self=False)]
i = I((3,)); d = L.Dropout(0.5, seed=1); m = k.Model(i, d(i)); [np.asarray(m(x, training=False)), np.asarray(m(x)), (np.asarray(m(x, training=True)) == 0).any() in (True, False)]
i = I((3,)); m = k.Model(i, L.BatchNormalization()(i)); m(x, training=True); [np.asarray(w) for w in m.non_trainable_weights]
i = I((3,)); b = L.BatchNormalization(); m = k.Model(i, b(i, training=False)); m(x, training=True); [np.asarray(w) for w in m.non_trainable_weights]
i = I((3,)); b = L.BatchNormalization(); m = k.Model(i, b(i, training=True)); m(x); [np.asarray(w) for w in m.non_trainable_weights]
m = k.Sequential([k.Sequential([L.Dense(2, name='a')], name='s'), L.Dense(1, name='b')], name='t'); m(x); [w.path for w in m.weights]
m = k.Sequential([L.Bidirectional(L.LSTM(2, return_sequences=True), name='b'), L.TimeDistributed(L.Dense(2, name='d'), name='t')], name='m'); m(series); [w.path for w in m.weights]
v = k.Sequential([L.Dense(2, name='d')], name='m'); v.build((None, 3)); s = {}; [list(v.layers[0].get_weights()[0].shape), v.variables[0].path]
""")
