"""Layers made with bad arguments."""

from tests.parity.errors.bad_call import bad_calls

CALLS = bad_calls("""
L.Dense(0)  # units=0
L.Dense(-3)  # units=-3
L.Dense('a')  # units=a
L.Dense(2.5)  # units=2.5
L.Dense()  # units
L.Dense(2, activation='foo')  # foo
L.Dense(2, kernel_initializer='foo')  # foo
L.Dense(2, kernel_regularizer='foo')  # foo
L.Dense(2, kernel_constraint='foo')  # foo
L.Dense(2, activity_regularizer='foo')  # foo
L.Dense(2, activation=3)  # 3
L.Dense(2, kernel_initializer=3)  # 3
L.Dense(2, kernel_regularizer=3)  # 3
L.Dense(2, dtype='float31')  # float31
L.Dense(2, dtype='mixed_float31')  # mixed_float31
L.Dense(2, dtype=3)  # 3
L.Dense(2, name='a/b')  # a/b
L.Dense(2, name=3)  # 3
L.Dense(2, foo=3)  # foo
L.Dense(2, trainable=2)  # trainable=2
L.Dense(2, trainable='yes')  # trainable=yes
L.Dense(units=2, unit=3)  # unit
L.Activation('foo')  # foo
L.Activation()  # activation
L.ReLU(max_value=-1)  # max_value=-1
L.ReLU(negative_slope=-1)  # negative_slope=-1
L.ReLU(negative_slope=None)  # negative_slope=None
L.ReLU(threshold=-1)  # threshold=-1
L.ReLU(threshold=None)  # threshold=None
L.LeakyReLU(None)  # negative_slope=None
L.LeakyReLU(-0.2)  # negative_slope=-0.2
L.LeakyReLU(alpha=-1)  # -1
L.Embedding(0, 4)  # input_dim=0
L.Embedding(4, 0)  # output_dim=0
L.Embedding(4.5, 2)  # input_dim=4.5
L.Embedding(4, -1)  # output_dim=-1
L.Embedding(4, 2, embeddings_initializer='foo')  # foo
L.EinsumDense('abc', 3)(series)  # abc
L.EinsumDense('ab,bc->ac', 3, bias_axes='d')(x)  # 'd'
L.EinsumDense('ab,bc->acd', 3)(x)  # 'd'
L.EinsumDense('ab,bcd->ac', 3)(x)  # 'd'
L.EinsumDense('abc,cd->abd', (5, 2))(series)  # 'b'|5
L.Conv1D(0, 3)  # filters=0
L.Conv2D(-1, 3)  # filters=-1
L.Conv2D(4, 0)  # kernel_size
L.Conv2D(4, (3, 0))  # kernel_size
L.Conv2D(4, (3, 3, 3))  # kernel_size
L.Conv2D(4, 'a')  # kernel_size
L.Conv2D(4, 3, strides=0)  # strides
L.Conv2D(4, 3, strides=(1, 2, 3))  # strides
L.Conv2D(4, 3, strides=2, dilation_rate=2)  # strides|dilation_rate
L.Conv2D(4, 3, groups=0)  # groups=0
L.Conv2D(4, 3, groups=-1)  # groups=-1
L.Conv2D(4, 3, groups=3)  # groups=3
L.Conv2D(4, 3, padding='foo')  # foo
L.Conv2D(4, 3, padding='causal')  # causal
L.Conv2D(4, 3, data_format='foo')  # foo
L.Conv2D(4, 3, dilation_rate=(1, 2, 3))  # dilation_rate
L.Conv2D(4, 3, dilation_rate=0)  # dilation_rate
L.Conv2D(4)  # kernel_size
L.Conv1D(4, (3, 3))  # kernel_size
L.Conv3D(4, (3, 3))  # kernel_size
L.Conv3D(4, 3, groups=3)  # groups=3
L.Conv2DTranspose(0, 3)  # filters=0
L.Conv2DTranspose(4, 0)  # kernel_size
L.Conv2DTranspose(4, 3, strides=0)  # strides
L.Conv2DTranspose(4, 3, strides=2, dilation_rate=2)  # strides|dilation_rate
L.Conv2DTranspose(4, 3, strides=2, output_padding=2)  # output_padding
L.Conv2DTranspose(4, 3, strides=(2, 3), output_padding=(1, 3))  # output_padding
L.Conv1DTranspose(4, 3, padding='causal')  # causal
L.Conv1DTranspose(-4, 3)  # filters=-4
L.Conv3DTranspose(4, (3, 3))  # kernel_size
L.DepthwiseConv2D(3, depth_multiplier=0)  # depth_multiplier=0
L.DepthwiseConv2D(0)  # kernel_size
L.DepthwiseConv2D(3, strides=0)  # strides
L.DepthwiseConv1D(3, depth_multiplier=-1)  # depth_multiplier=-1
L.DepthwiseConv1D(3, padding='foo')  # foo
L.SeparableConv1D(0, 3)  # filters=0
L.SeparableConv2D(4, 0)  # kernel_size
L.SeparableConv2D(4, 3, depth_multiplier=0)  # depth_multiplier=0
L.SeparableConv2D(4, 3, strides=0)  # strides
L.SeparableConv1D(4, 3, data_format='foo')  # foo
L.MaxPooling1D(0)  # pool_size
L.MaxPooling2D((2, 2, 2))  # pool_size
L.MaxPooling2D(2, strides=(1, 2, 3))  # strides
L.MaxPooling2D(2, padding='foo')(images)  # foo
L.MaxPooling2D(2, data_format='foo')  # foo
L.MaxPooling3D('a')  # pool_size
L.AveragePooling2D(-1)  # pool_size
L.AveragePooling2D(2, padding='causal')(images)  # causal
L.AveragePooling1D()  # pool_size
L.GlobalMaxPooling2D(data_format='foo')  # foo
L.GlobalAveragePooling1D(data_format='last')  # last
L.BatchNormalization(axis='a')(x)
L.BatchNormalization(beta_initializer='foo')  # foo
L.BatchNormalization(gamma_regularizer='foo')  # foo
L.LayerNormalization(axis='a')  # axis
L.LayerNormalization(axis={1})  # axis
L.GroupNormalization('a')(images)  # groups
L.GroupNormalization(2)(images)  # 3|2
L.GroupNormalization(5)(images)  # 5
L.UnitNormalization(axis='a')  # axis
L.UnitNormalization(axis=None)  # axis
L.RMSNormalization(axis='a')(x)
L.Dropout(1.5)  # 1.5
L.Dropout(-0.1)  # -0.1
L.Dropout()  # rate
L.Dropout(0.5, seed='a')  # seed
L.SpatialDropout1D(2)  # 2
L.SpatialDropout2D(0.5, data_format='foo')  # foo
L.SpatialDropout3D(0.5, data_format='foo')  # foo
L.GaussianDropout(1.5)  # 1.5
L.GaussianNoise(-1)  # -1
L.GaussianNoise(2)  # 2
L.AlphaDropout(-0.5)  # -0.5
L.ActivityRegularization(l1='a')
L.Flatten(data_format='foo')  # foo
L.Permute((0, 1))  # (0, 1)
L.Permute((1, 3))  # (1, 3)
L.Permute((1, 1))  # (1, 1)
L.Permute(3)
L.RepeatVector(2.5)  # n
L.RepeatVector(0)  # n=0
L.RepeatVector('a')  # n
L.Reshape(3)
L.Cropping1D((1, 2, 3))  # cropping
L.Cropping1D('a')  # cropping
L.Cropping2D((1, 2, 3))  # cropping
L.Cropping2D(-1)  # cropping
L.Cropping2D(((1, 2), (3,)))  # cropping
L.Cropping2D('ab')  # cropping
L.Cropping3D((1, 2))  # cropping
L.Cropping3D(-1)  # cropping
L.ZeroPadding1D((1, 2, 3))  # padding
L.ZeroPadding2D((1, 2, 3))  # padding
L.ZeroPadding2D({})  # padding
L.ZeroPadding2D(1, data_format='foo')  # foo
L.ZeroPadding3D((1, 2))  # padding
L.ZeroPadding3D('abc')  # padding
L.UpSampling1D(0)  # size=0
L.UpSampling1D(2.5)  # size
L.UpSampling2D((1, 2, 3))  # size
L.UpSampling2D(2, interpolation='foo')(images)  # foo
L.UpSampling2D(2, data_format='foo')  # foo
L.UpSampling3D((1, 2))  # size
L.Attention(score_mode='foo')  # foo
L.MultiHeadAttention(0, 2)  # num_heads=0
L.MultiHeadAttention(2, 0)  # key_dim=0
L.MultiHeadAttention(2.5, 2)  # num_heads=2.5
L.MultiHeadAttention(2, 2, value_dim=0)  # value_dim=0
L.MultiHeadAttention(2, 2, output_shape=2.5)  # output_shape
L.MultiHeadAttention(2, 2, attention_axes='a')  # attention_axes
L.MultiHeadAttention(2, 2, dropout=0.2, flash_attention=True)  # dropout
L.MultiHeadAttention(2)  # key_dim
L.SimpleRNN(0)  # 0
L.LSTM(-1)  # -1
L.GRU(0)  # 0
L.LSTM(2, use_cudnn='foo')  # use_cudnn=foo
L.GRU(2, use_cudnn='foo')  # use_cudnn=foo
L.LSTM(2, activation='foo')  # foo
L.GRU(2, recurrent_activation='foo')  # foo
L.LSTMCell(0)  # 0
L.GRUCell(-2)  # -2
L.SimpleRNNCell(0)  # 0
L.RNN(3)  # cell
L.RNN(L.Dense(3))  # state_size
L.RNN([L.Dense(3)])  # state_size
L.StackedRNNCells([3])  # 3
L.StackedRNNCells([L.Dense(2)])  # state_size
L.Bidirectional(3)  # 3
L.Bidirectional(L.LSTM(2), merge_mode='foo')  # foo
L.Bidirectional(L.LSTM(2), backward_layer=3)  # 3
L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2))  # go_backwards
L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2, go_backwards=True, return_sequences=True))  # return_sequences
L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2, go_backwards=True, stateful=True))  # stateful
L.TimeDistributed(3)  # 3
L.Wrapper(3)  # 3
L.Lambda(3)
L.Concatenate(axis='a')([x, x])
L.Dot(axes='a')  # axes
L.Dot(axes=(1, 2, 3))  # axes
L.Dot(axes=(1, 'a'))  # axes
L.Dot(axes=1.5)  # axes
L.Masking(mask_value='a')(series)
L.InputLayer((3,), batch_shape=(2, 3))  # shape|batch_shape
L.InputLayer(batch_size=2, batch_shape=(2, 3))  # batch_size|batch_shape
L.InputLayer()  # shape
L.InputLayer(shape=(-1, 2))  # -1
L.InputLayer(shape='abc')
L.InputLayer(shape=(2.5,))  # 2.5
L.InputLayer(shape=(2,), dtype='foo')  # foo
L.InputLayer(input_tensor=3)  # input_tensor
I()  # shape
I((3,), batch_shape=(2, 3))  # shape
I((3,), dtype='foo')  # foo
I(shape=(3,), sparse=True, ragged=True)
I(3.5)
k.layers.InputSpec(shape=(2, 3), axes={2: 3})  # 2
k.layers.InputSpec(ndim=2, axes={5: 3})  # 5
k.layers.InputSpec(dtype='foo')  # foo
k.layers.InputSpec(shape=(2.5,))  # 2.5
k.layers.Rescaling()  # scale
k.layers.Normalization(axis=5).build((2, 3))  # 5
k.layers.Normalization(mean=1.0)  # mean
k.layers.Normalization(variance=1.0)  # variance
k.layers.deserialize({'class_name': 'Foo', 'config': {}})  # Foo
k.layers.deserialize({'class_name': 'Dense', 'config': {'foo': 3}})  # Dense
k.layers.deserialize(3)  # 3
k.layers.deserialize(None)
k.layers.get('foo')
""")
