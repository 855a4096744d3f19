"""Models made, changed and asked in ways they refuse."""

from tests.parity.errors.bad_call import bad_calls

CALLS = bad_calls("""
k.Sequential(3)
k.Sequential([3])  # 3
k.Sequential([L.Dense(2, name='a'), L.Dense(2, name='a')])  # 'a'
k.Sequential([L.Dense])  # Dense
k.Sequential(['dense'])  # dense
k.Sequential(foo=3)  # foo
k.Sequential([I((3,)), I((3,))])
k.Sequential([L.Add()]).build([(2, 3), (2, 3)]).foo
m = k.Sequential(name='mine'); m.build((2, 3))  # mine
m = k.Sequential(name='mine'); m(x)  # mine
m = k.Sequential(); m.add(3)  # 3
m = k.Sequential(); m.add(L.Dense(2, name='a')); m.add(L.Dense(2, name='a'))  # 'a'
m = dense_model(); m.add(I((3,)))
m = dense_model(); m.build((2, 5))  # m|3|5
m = k.Sequential(); m.pop()
m = dense_model(); m.layers = []
m = k.Sequential([L.Dense(2)], name='mine'); m.input_shape  # mine
m = k.Sequential([L.Dense(2)], name='mine'); m.output_shape  # mine
m = k.Sequential([L.Dense(2)], name='mine'); m.inputs  # mine
m = k.Sequential([L.Dense(2)], name='mine'); m.outputs  # mine
m = k.Sequential([L.Dense(2)], name='mine'); m.count_params()  # mine
m = dense_model(); m(np.ones((2, 4), 'float32'))  # 3|4
m = dense_model(); m(np.ones((2, 3, 3), 'float32'))  # 3
m = k.Sequential([I((3,)), L.Attention()])
m = k.Sequential([I((4, 3)), L.MultiHeadAttention(2, 2)])  # value
m = k.Sequential([L.Bidirectional(L.LSTM(2, return_state=True)), L.Dense(2)]); m(series)
k.Sequential.from_config({})  # layers
k.Model(3, 4)
k.Model(inputs=I((3,)), outputs=3)  # 3
k.Model(inputs=3, outputs=I((3,)))  # 3
k.Model(inputs=[], outputs=I((3,)))  # inputs
k.Model(inputs=I((3,)), outputs=[])  # outputs
k.Model(inputs=I((3,)), outputs=L.Dense(2)(I((3,))))
k.Model(inputs=x, outputs=x)
k.Model(inputs=I((3,)))
k.Model(I((3,)), foo=3)
k.Model(1, 2, 3, 4)
i = I((3,), name='a'); j = I((3,), name='a'); k.Model([i, j], L.Add()([i, j]))  # "a"|2
i = I((3,)); k.Model(i, L.Dense(2, name='b')(L.Dense(2, name='b')(i)))  # "b"|2
i = I((3,)); m = k.Model(i, L.Dense(2)(i)); m.layers = []
i = I((3,)); m = k.Model(i, L.Dense(2)(i)); m(np.ones((2, 4), 'float32'))  # 3|4
i = I((3,)); m = k.Model(i, L.Dense(2)(i)); m([x, x])
i = I((3,)); m = k.Model(i, L.Dense(2)(i)); m({'a': x, 'b': x})
i = I((3,)); m = k.Model(i, L.Dense(2)(i)); m(None)
i, j = I((3,)), I((3,)); m = k.Model([i, j], L.Add()([i, j])); m(x)
i, j = I((3,)), I((3,)); m = k.Model([i, j], L.Add()([i, j])); m([x])
i, j = I((3,)), I((3,)); m = k.Model([i, j], L.Add()([i, j])); m([x, x, x])
i, j = I((3,), name='a'), I((3,), name='b'); m = k.Model({'a': i, 'b': j}, L.Add()([i, j])); m({'a': x})  # b
i, j = I((3,), name='a'), I((3,), name='b'); m = k.Model({'a': i, 'b': j}, L.Add()([i, j])); m([x])
i = I((3, 4)); m = k.Model(i, L.Dense(2)(i)); m(np.ones((2, 4), 'float32'))
i = I((3,), dtype='int32'); m = k.Model(i, L.Embedding(4, 2)(i)); m('a')
dense_model().get_layer()  # name|index
dense_model().get_layer('foo')  # foo|d
dense_model().get_layer(index=7)  # 7|1
dense_model().get_layer('d', 0)  # d|0
dense_model().get_layer(index='a')
dense_model().summary(line_length=3)
dense_model().summary(layer_range=['foo', 'bar'])  # foo
dense_model().summary(layer_range=['d'])
dense_model().summary(positions=[3])
dense_model().summary(foo=3)  # foo
dense_model().export('/nonexistent/m', format='foo')  # foo
dense_model().quantize('foo')  # foo
dense_model().get_state_tree(value_format='foo')  # foo
dense_model().set_state_tree({'foo': {}})  # foo
dense_model().set_weights([x])  # 1|2
dense_model().set_weights([x, x])  # (3, 2)|(2, 3)
dense_model().load_weights('/nonexistent.weights.h5')  # /nonexistent
dense_model().load_weights('/nonexistent.foo')  # nonexistent.foo
dense_model().save_weights('foo.txt')  # foo.txt
dense_model().save('foo.txt')  # foo.txt
dense_model().save('foo')  # foo
dense_model().save(3)
k.Sequential([L.Dense(2)]).save_weights('/nonexistent/foo.weights.h5')
k.models.load_model('/nonexistent.keras')  # /nonexistent.keras
k.models.load_model('/nonexistent.h5')  # /nonexistent.h5
k.models.load_model('/nonexistent')  # /nonexistent
k.models.load_model(3)
k.saving.save_model(dense_model(), 'foo.bar')  # foo.bar
k.saving.save_weights(dense_model(), 'foo.bar')  # foo.bar
k.saving.load_weights(dense_model(), 'foo.bar')  # foo.bar
k.models.model_from_json('a')
k.models.model_from_json('{"class_name": "Foo", "config": {}}')  # Foo
k.models.clone_model(dense_model(), clone_function=3)  # clone_function
k.models.clone_model(dense_model(), call_function=lambda l, *a: l(*a))  # call_function
k.models.clone_model(dense_model(), input_tensors=[I((3,)), I((3,))])  # input_tensors
k.models.clone_model(dense_model(), input_tensors=3)  # input_tensors
k.models.clone_model(dense_model(), foo=3)  # foo
i = I((3,)); k.models.clone_model(k.Model(i, L.Dense(2)(i)), input_tensors=[I((3,)), I((3,))])
i = I((3,)); k.models.clone_model(k.Model(i, L.Dense(2)(i)), input_tensors=x)  # input_tensors
i = I((3,)); k.models.clone_model(k.Model(i, L.Dense(2)(i)), clone_function=3)  # clone_function
k.models.clone_model(type('M', (k.Model,), {})(), input_tensors=[I((3,))])  # input_tensors
k.models.clone_model(type('M', (k.Model,), {})(), clone_function=lambda l: l)  # clone_function
k.models.clone_model(type('M', (k.Model,), {})(), call_function=lambda l, *a: l(*a))  # call_function
type('M', (k.Model,), {})()(x)  # M
type('M', (k.Model,), {})().fit(x, y)  # compile
type('M', (k.Model,), {})(name='mine').count_params()  # mine
type('M', (k.Model,), {})().layers = 3
type('M', (k.Model,), {})(3)
type('M', (k.Model,), {})(foo=3)  # foo
type('M', (k.Model,), {'call': lambda self, x: x})(name='mine').build((2, 3)).foo
type('N', (L.Layer,), {'__init__': lambda self: setattr(self, 'a', 3)})()(x)  # N|super().__init__()
type('N', (L.Layer,), {'__init__': lambda self: setattr(self, 'a', L.Dense(2))})()(x)  # N|super().__init__()
type('N', (L.Layer,), {'__init__': lambda self: self.add_weight() and None})()  # N|super().__init__()
type('N', (k.Model,), {'__init__': lambda self: setattr(self, 'a', L.Dense(2))})()(x)  # N|super().__init__()
type('N', (L.Layer,), {'build': lambda self, a, b: None, 'call': lambda self, x: x})()(x)  # N|a
type('N', (L.Layer,), {'call': lambda self, x: {}['mine']})()(x)  # mine
type('N', (L.Layer,), {'call': lambda self, x: {}['mine']})()(I((3,)))  # mine
type('N', (L.Layer,), {'call': lambda self, x: x, 'compute_output_shape': lambda self, s: 3})()(I((3,)))  # N|3
type('N', (L.Layer,), {'call': lambda self, x: x, 'compute_output_shape': lambda self, s, t: s})()(I((3,)))
type('N', (L.Layer,), {'call': lambda self, x, y: x})()(x)  # y
type('N', (L.Layer,), {'call': lambda self, x: x})()(x, y)
type('N', (L.Layer,), {'call': lambda self, x, mode=None: x})()(x, mode=[x, 'a'])  # mode
type('N', (L.Layer,), {'__init__': lambda self, a: L.Layer.__init__(self)}).from_config({})
k.saving.deserialize_keras_object({'class_name': 'Foo', 'config': {}})  # Foo
k.saving.deserialize_keras_object({'class_name': 'Foo', 'module': 'foo', 'registered_name': 'Foo', 'config': {}})  # Foo
k.saving.deserialize_keras_object({'class_name': 'Dense', 'module': 'keras.layers', 'config': {'foo': 1}})
k.saving.deserialize_keras_object({'class_name': 'Dense', 'module': 'os', 'registered_name': None, 'config': {}})
k.saving.deserialize_keras_object({'class_name': '__lambda__', 'config': {'value': ''}})
k.saving.deserialize_keras_object(3, custom_objects=3)
k.saving.deserialize_keras_object({'class_name': 'Dense', 'module': 'keras.layers', 'config': None})
k.saving.get_registered_name(3)
k.saving.register_keras_serializable()(3)
k.saving.register_keras_serializable()(type('A', (), {}))
k.saving.register_keras_serializable()(lambda a: a).foo
k.saving.serialize_keras_object(object())
k.saving.get_custom_objects().pop('foo')
k.utils.set_random_seed('a')  # a
k.utils.set_random_seed(2.5)  # 2.5
k.utils.split_dataset(x, left_size=3.5)
k.utils.pad_sequences(3)
k.utils.pad_sequences([3])
k.utils.pad_sequences([[1]], padding='foo')  # foo
k.utils.pad_sequences([[1, 2]], maxlen=1, truncating='foo')  # foo
k.utils.normalize('a')
k.name_scope(3).__enter__()  # 3
k.name_scope('a/b').__enter__()  # a/b
k.tree.map_structure(3, [1])
k.tree.map_structure(lambda a, b: a, [1], [1, 2])
k.tree.map_structure(lambda a: a)
k.tree.assert_same_structure([1], (1,))
k.tree.assert_same_structure([1], [1, 2])
k.tree.assert_same_structure({'a': 1}, {'b': 1})
k.tree.pack_sequence_as([1, 2], [1])
k.tree.pack_sequence_as([1], [1, 2])
k.tree.pack_sequence_as(1, [1, 2])
k.tree.pack_sequence_as([1], 3)
k.tree.traverse(3, [1])
""")

# Stock Keras leaves these to JAX, or stumbles.
BACKEND_CALLS = bad_calls("""
k.Sequential.from_config({'name': 'a'})  # layers
k.utils.to_categorical([5], 3)
k.device('foo').__enter__()
""")
