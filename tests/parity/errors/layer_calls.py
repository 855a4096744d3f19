"""Layers called on what they cannot take, and layers in the wrong state."""

from tests.parity.errors.bad_call import bad_calls

CALLS = bad_calls("""
L.Dense(2, name='mine')(np.ones(3, 'float32'))  # mine|min_ndim=2|ndim=1
d = L.Dense(2, name='mine'); d(x); d(np.ones((2, 4), 'float32'))  # mine|3|(2, 4)
L.Dense(2)('abc')  # abc
L.Dense(2)(3, 4)  # 3
L.Dense(2)([x, x])
L.Dense(2)()
L.Dense(2)(x, foo=3)  # foo
L.Dense(2)(I((None,)))  # None
L.Dense(2).kernel  # build
L.Embedding(3, 2).embeddings  # build
L.EinsumDense('ab,bc->ac', 3).kernel  # build
L.Conv2D(2, 3).kernel  # build
L.Dense(2, name='mine').count_params()  # mine
L.Dense(2).enable_lora(2)  # built
L.Dense(2).get_weights()[0]
L.Dense(2, name='mine').set_weights([x])  # mine|1|0
d = L.Dense(2, name='mine'); d(x); d.set_weights([])  # mine|0|2
d = L.Dense(2, name='mine'); d(x); d.set_weights([x, x])  # mine|(3, 2)|(2, 3)
d = L.Dense(2); d(x); d.kernel.assign(np.ones((3, 3)))  # (3, 2)|(3, 3)
d = L.Dense(2); d(x); d.foo = L.Dense(3)  # built
d = L.Dense(2); d(x); d.bar = k.Variable(1.0)  # built
d = L.Dense(2); d(x); d.stateless_call([], [], x)  # trainable_variables|0|2
d = L.Dense(2); d.stateless_call([], [], x)  # Dense|built
d = L.Dense(2); d(x); d.stateless_call(d.trainable_variables, [x], x)  # non_trainable_variables
L.Dense(2, name='mine').input  # mine
L.Dense(2).output
d = L.Dense(2); d(x); d.input
d = L.Dense(2); d.path.upper()
L.Dense(2).build()
L.Dense(2).add_weight('kernel')  # name
L.Dense(2).add_weight(shape=(None, 2))  # None
L.Dense(2).add_weight(shape=(2, 2), initializer='foo')  # foo
L.Dense(2).add_weight(shape=(2, 2), regularizer='foo')  # foo
L.Dense(2).add_weight(shape=(2, 2), constraint='foo')  # foo
L.Dense(2).add_weight(shape=(2, 2), dtype='foo')  # foo
L.Dense(2).add_weight(shape=(2, 2), name='a/b')  # a/b
L.Dense(2).add_weight(shape=(-1, 2))  # -1
L.Dense(2).add_weight(shape=(2, 2), aggregation='foo')  # foo
L.Dense(2).add_loss('a')  # a
L.Dense(2).add_loss(3.0)  # 3.0
L.Dense(2).dtype_policy = 'foo'
L.Dense(2).quantize('foo')  # foo
L.Layer().call(x)  # Layer
L.Layer()(x)  # Layer
L.Layer(foo=3)  # foo
L.Layer(3)
L.Conv1D(2, 3, name='mine')(x)  # mine|ndim=3|ndim=2
L.Conv2D(2, 3, name='mine')(series)  # mine|min_ndim=4|ndim=3
L.Conv2D(4, 3, groups=2)(images)  # groups=2|3
L.Conv2D(2, 7)(images)
L.Conv1D(2, 5)(series)
L.Conv3D(2, 3, name='mine')(images)  # mine|ndim=4
c = L.Conv2D(2, 3, name='mine'); c(images); c(np.ones((2, 5, 5, 4), 'float32'))  # mine|3|4
L.Conv2DTranspose(2, 3, name='mine')(series)  # mine|ndim=4|ndim=3
L.DepthwiseConv2D(3, name='mine')(series)  # mine
L.SeparableConv2D(2, 3, name='mine')(series)  # mine
L.MaxPooling1D(2, name='mine')(x)  # mine|ndim=3|ndim=2
L.MaxPooling2D(2, name='mine')(series)  # mine|ndim=4|ndim=3
L.AveragePooling3D(2, name='mine')(images)  # mine|ndim=5
L.GlobalMaxPooling1D(name='mine')(x)  # mine|ndim=3
L.GlobalAveragePooling2D(name='mine')(series)  # mine|ndim=4
L.GlobalMaxPooling3D(name='mine')(images)  # mine|ndim=5
L.UpSampling1D(2, name='mine')(x)  # mine|ndim=3
L.UpSampling2D(2, name='mine')(x)  # mine|ndim=4
L.UpSampling3D(2, name='mine')(x)  # mine|ndim=5
L.ZeroPadding1D(1, name='mine')(x)  # mine|ndim=3
L.ZeroPadding2D(1, name='mine')(x)  # mine|ndim=4
L.ZeroPadding3D(1, name='mine')(x)  # mine|ndim=5
L.Cropping1D(1, name='mine')(x)  # mine|ndim=3
L.Cropping1D(2, name='mine')(series)  # mine|4
L.Cropping1D((3, 2))(series)  # 4
L.Cropping2D(3, name='mine')(images)  # mine|5
L.Cropping2D(1, name='mine')(x)  # mine|ndim=4
L.Cropping3D(2)(volumes)  # 4
L.Cropping3D(1, name='mine')(x)  # mine|ndim=5
L.RepeatVector(2, name='mine')(series)  # mine|ndim=2|ndim=3
L.Permute((2, 1), name='mine')(x)  # mine|ndim=3|ndim=2
L.Reshape((4,))(x)  # 4
L.Reshape((4, -1))(x)  # 4
L.Reshape((-1, -1))(x)  # -1
L.Reshape((4,))(I((3,)))  # 4
L.Flatten(name='mine')(np.float32(3))  # mine|min_ndim=1
L.BatchNormalization()(I((None,)))  # None
b = L.BatchNormalization(name='mine'); b(x); b(series[..., :2])  # mine|3|2
L.BatchNormalization(axis=5)(x)
L.LayerNormalization(axis=3)(x)
L.GroupNormalization(4)(images)  # 4|3
L.GroupNormalization(groups=2, axis=2)(I((3, None)))  # None
L.PReLU(shared_axes=[1])(I((3, None)))
L.PReLU()(I((None,)))
p = L.PReLU(name='mine'); p(x); p(series)  # mine
L.Add(name='mine')(x)  # mine|list
L.Add(name='mine')([x, np.ones((3, 4), 'float32')])  # mine|3|4
L.Add(name='mine')([I((3,)), I((4,))])  # mine|3|4
L.Add()([I(batch_shape=(2, 3)), I(batch_shape=(4, 3))])  # 2|4
L.Add()('a')
L.Subtract(name='mine')([x, x, x])  # mine|2
L.Subtract(name='mine')([x])
L.Multiply()([np.ones((2, 3, 4)), np.ones((2, 5, 4))])  # 3|5
L.Average()(x)
L.Maximum()([I((2, 3)), I((4, 3))])  # 2|4
L.Minimum()(x)
L.Concatenate(name='mine')(x)
L.Concatenate(name='mine')([I((3, 4)), I((4, 4))])  # mine|(None, 3, 4)|(None, 4, 4)
L.Concatenate()([x, series])
L.Concatenate(axis=5)([x, x])
L.Dot(axes=1, name='mine')(x)
L.Dot(axes=1, name='mine')([x])
L.Dot(axes=1)([x, x, x])  # 2
L.Dot(axes=1, name='mine')([x, np.ones((2, 4), 'float32')])  # 3|4
L.Dot(axes=(1, 2))([series, series])  # 4|3
L.Dot(axes=5)([x, x])
L.Attention(name='mine')(series)  # list
L.Attention()([series])  # 1
L.Attention()([series, series, series, series])  # 4
L.Attention()([series, series], mask=x)  # mask
L.Attention()([series, series], mask=[None])  # mask
L.AdditiveAttention()(series)  # list
L.MultiHeadAttention(2, 2)(series)  # value
L.MultiHeadAttention(2, 2)(series, series, np.ones((2, 5, 3), 'float32'))  # 4|5
L.MultiHeadAttention(2, 2, flash_attention=False)(x, x)
L.LSTM(2, name='mine')(x)  # mine|ndim=3|ndim=2
L.SimpleRNN(2)(series, mask=np.ones((2, 7), bool))
L.LSTM(2, stateful=True)(I((4, 3)))  # batch
l = L.LSTM(2, stateful=True); l(series); l(np.ones((3, 4, 3), 'float32'))  # 3|2
L.Bidirectional(L.LSTM(2)).reset_states()
L.Bidirectional(L.LSTM(2)).reset_state()  # stateful
L.Bidirectional(L.LSTM(2))(x)  # ndim
L.TimeDistributed(L.Dense(2), name='mine')(x)  # 3 dim
L.TimeDistributed(L.Dense(2))(series, mask=np.ones(2, bool))  # mask
L.TimeDistributed(L.Dense(2))(series, mask=np.ones((2, 7), bool))  # mask|(2, 7)
L.TimeDistributed(L.Conv2D(2, 3))(series)
L.LSTMCell(2)(x)  # states
L.Embedding(3, 2)('a')
L.Softmax()(x, mask=np.ones((2, 3, 4), bool))  # mask
L.Softmax()(x, mask=np.ones((2, 4), bool))  # mask
L.Lambda(lambda a: a / 'b')(x)
L.Lambda(lambda a, b: a)(x)  # b
L.Lambda(lambda: 3)(x)
L.Masking()(3)
L.Dropout(0.5, noise_shape=(2, 5))(x, training=True)  # 5
L.SpatialDropout1D(0.5, name='mine')(x)  # mine|ndim=3
L.SpatialDropout2D(0.5, name='mine')(series)  # mine|ndim=4
L.SpatialDropout3D(0.5, name='mine')(series)  # mine|ndim=5
L.Normalization(mean=[1, 2], variance=[1, 1])(x)  # 2|3
k.Variable(initializer='foo', shape=(2,))  # foo
k.Variable('zeros')  # shape
k.Variable(1.0, name='a/b')  # a/b
k.Variable(1.0, name=3)  # 3
k.Variable(1.0, dtype='foo')  # foo
k.Variable(1.0, aggregation='foo')  # foo
k.Variable('zeros', shape=(None,))  # None
k.Variable([1.0, 2.0]).assign([1.0])  # (2,)|(1,)
k.Variable(1.0).regularizer = 3
k.Variable(1.0).constraint = 3
bool(k.Variable(1.0))
float(k.Variable([1.0, 2.0]))  # (2,)
len(k.Variable(1.0))
if I((3,)): pass
for _ in I((3,)): pass
len(I((None, 3))[0, 0, 0])
float(I((3,)))
int(I((3,)))
np.asarray(I((3,)))
I((3,)) + I((4,))  # 3|4
k.KerasTensor((2.5,))  # 2.5
k.KerasTensor((2, -1))  # -1
k.KerasTensor('abc')
k.KerasTensor((2,), 'foo')  # foo
k.Sequential([L.Dense(2)])('a')
k.dtype_policies.DTypePolicy('foo')  # foo
k.dtype_policies.DTypePolicy(3)
k.dtype_policies.get(3)  # 3
k.dtype_policies.DTypePolicyMap(3)
k.config.set_dtype_policy('foo')  # foo
k.config.set_floatx('foo')  # foo
k.config.set_image_data_format('foo')  # foo
k.activations.get('foo')  # foo
k.activations.get(3)  # 3
k.initializers.get('foo')  # foo
k.initializers.get(3)  # 3
k.regularizers.get('foo')  # foo
k.constraints.get('foo')  # foo
k.losses.get('foo')  # foo
k.losses.get(3)  # 3
k.metrics.get('foo')  # foo
k.metrics.get(3)  # 3
k.optimizers.get('foo')  # foo
k.optimizers.get(3)  # 3
k.regularizers.L2(l2=-1)
k.regularizers.L1('a')
k.regularizers.OrthogonalRegularizer(mode='foo')  # foo
k.initializers.VarianceScaling(scale=0)  # 0
k.initializers.VarianceScaling(mode='foo')  # foo
k.initializers.VarianceScaling(distribution='foo')  # foo
k.initializers.Orthogonal()((3,))  # (3,)
k.initializers.Identity()((3,))  # (3,)
k.initializers.RandomNormal(seed='a')  # a
k.random.SeedGenerator('a')  # a
k.random.normal((2,), seed='a')  # a
""")

# Stock Keras leaves these to JAX, or stumbles.
BACKEND_CALLS = bad_calls("""
L.Dense(2).compute_output_shape(3)  # 3
L.Conv2D(2, 3)(I((None, None, None)))  # None
L.DepthwiseConv1D(3)(I((None, None)))  # None
L.Concatenate(name='mine')([])
L.Concatenate(axis=5)([I((3,)), I((3,))])
L.AdditiveAttention()([series, np.ones((2, 4, 5), 'float32')])
L.MultiHeadAttention(2, 2)(series, series, attention_mask=np.ones((7, 7), bool))
l = L.LSTM(2, name='mine'); l(series); l(np.ones((2, 4, 5), 'float32'))  # mine|3|5
L.LSTM(2)(series, initial_state=[y, y, y])  # 2|3
L.LSTM(2)(series, initial_state=[y])  # lstm|2|1
L.LSTM(2)(series, initial_state=[x, x])  # lstm
L.GRU(2)(series, initial_state=x)  # gru
L.Bidirectional(L.LSTM(2))(series, initial_state=[y, y])
L.LSTMCell(2)(x, x)  # lstm_cell
L.LSTMCell(2)(x, [x, x])
L.GRUCell(2)(x, [x])
L.RNN(L.LSTMCell(2))(x)  # rnn|(2, 3)
n = L.Normalization(); n.adapt(x); n(np.ones((2, 5), 'float32'))  # normalization
I((3,)) + 'a'
I((3,))[5, 5, 5]
k.ops.matmul(x, x)
k.initializers.Constant(x)((4, 4))
""")
