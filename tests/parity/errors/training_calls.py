"""Compiling and training with what does not fit."""

from tests.parity.errors.bad_call import bad_calls

CALLS = bad_calls("""
dense_model().fit(x, y)  # compile
dense_model().evaluate(x, y)  # compile
dense_model().train_on_batch(x, y)  # compile
dense_model().test_on_batch(x, y)  # compile
dense_model().compile(optimizer='foo')  # foo
m = dense_model(); m.compile(loss='mse', metrics=['foo']); m.fit(x, y, verbose=0)  # foo
m = dense_model(); m.compile(loss='foo'); m.fit(x, y, verbose=0)  # foo
dense_model().compile('sgd', 'mse', metrics=3)
m = dense_model(); m.compile('sgd', 'mse', metrics=3); m.fit(x, y, verbose=0)  # 3
m = dense_model(); m.compile('sgd', 'mse', loss_weights=[1, 2]); m.fit(x, y, verbose=0)  # loss_weights
m = dense_model(); m.compile('sgd', 'mse', loss_weights='a'); m.fit(x, y, verbose=0)
m = dense_model(); m.compile('sgd', 'mse', weighted_metrics=['foo']); m.fit(x, y, verbose=0)  # foo
dense_model().compile('sgd', 'mse', foo=3)  # foo
compiled().fit('a')
compiled().fit(x)
compiled().fit(x, y[:1], verbose=0)  # 2|1
compiled().fit(np.ones((2, 4)), y, verbose=0)  # 3|4
compiled().fit({'a': x, 'b': x}, y, verbose=0)
compiled().fit(x, [y, y], verbose=0)
compiled().fit(x, {'a': y}, verbose=0)
compiled().fit(x, y, epochs='a', verbose=0)
compiled().fit(x, y, batch_size='a', verbose=0)
compiled().fit(x, y, foo=3)  # foo
compiled().fit(x, y, validation_split=0.9, verbose=0)
compiled().fit(x, y, validation_data=3, verbose=0)
compiled().fit(x, y, validation_data=(x, y, y, y), verbose=0)
compiled().fit(x, y, validation_data=(x, y[:1]), verbose=0)
compiled().fit(x, y, sample_weight=np.ones(5), verbose=0)  # 5|2
compiled().fit(x, y, sample_weight=np.ones((2, 7)), verbose=0)
compiled().fit(x, y, class_weight={0: 1.0, 1: 2.0}, sample_weight=np.ones(2), verbose=0)
compiled().fit(x, y, callbacks=[3], verbose=0)
compiled().fit(x, y, callbacks='a', verbose=0)
compiled().fit(x, y, initial_epoch='a', verbose=0)
compiled().fit((i for i in range(3)), verbose=0)
compiled().fit(iter([]), verbose=0)
compiled().fit(((x, y) for _ in range(2)), y, verbose=0)
compiled().fit(((x, y) for _ in range(2)), sample_weight=x, verbose=0)
compiled().fit(((x, y) for _ in range(2)), validation_split=0.5, verbose=0)
compiled().fit(((x, y, y, y) for _ in range(2)), verbose=0)
compiled().fit(x.astype(str), y, verbose=0)
compiled().fit(x, y.astype(object), verbose=0)
compiled().evaluate(x, y[:1], verbose=0)
compiled().evaluate(x, y, foo=3)  # foo
compiled().evaluate(x, verbose=0)
compiled().evaluate(x, y, batch_size='a', verbose=0)
compiled().evaluate(x, y, sample_weight=np.ones(5), verbose=0)
compiled().predict()
compiled().predict('a', verbose=0)
compiled().predict(np.ones((2, 4)), verbose=0)  # 3|4
compiled().predict(x, foo=3)  # foo
compiled().predict(x, batch_size='a', verbose=0)
compiled().predict(3, verbose=0)
compiled().predict_on_batch(np.ones((2, 4), 'float32'))  # 3|4
compiled().predict_on_batch()
compiled().train_on_batch()
compiled().train_on_batch(x, y, class_weight={0: 1.0}, sample_weight=np.ones(2))
compiled().compute_loss()
compiled().metrics.foo
compiled().optimizer.apply([x])
compiled().optimizer.apply_gradients([])
compiled().optimizer.learning_rate = 'a'
compiled().compile_from_config({'optimizer': {'class_name': 'Foo', 'config': {}}})
k.losses.MeanSquaredError(reduction='foo')  # foo
k.losses.MeanSquaredError(foo=3)  # foo
k.losses.MeanSquaredError(dtype='foo')  # foo
k.losses.CategoricalCrossentropy()(y, x)
k.losses.CategoricalFocalCrossentropy(alpha='a')(y, y)
k.losses.Tversky(alpha='a')(y, y)
k.losses.Loss()(y, y)
k.losses.CTC(reduction='foo')  # foo
k.metrics.Mean()('a')
k.metrics.Mean(dtype='foo')  # foo
k.metrics.Mean(foo=3)  # foo
k.metrics.Metric().update_state(x)
k.metrics.Metric().result()
k.metrics.MeanIoU(num_classes='a')
k.metrics.AUC(curve='foo')  # foo
k.metrics.AUC(summation_method='foo')  # foo
k.metrics.AUC(num_thresholds=1)  # 1
k.metrics.Precision(thresholds=[2.0])  # 2.0
k.metrics.PrecisionAtRecall(2.0)  # 2.0
k.metrics.RecallAtPrecision(-1)  # -1
k.metrics.SensitivityAtSpecificity(2)
k.metrics.SpecificityAtSensitivity(2)
k.metrics.SensitivityAtSpecificity(0.5, num_thresholds=0)  # 0
k.metrics.F1Score(average='foo')  # foo
k.metrics.FBetaScore(beta=-1)  # -1
k.metrics.FBetaScore(beta='a')
k.metrics.FBetaScore(threshold=2)  # 2
k.metrics.FBetaScore(threshold='a')
k.metrics.R2Score(class_aggregation='foo')  # foo
k.metrics.R2Score(num_regressors=-1)  # -1
k.metrics.IoU(2, [5])
k.metrics.TopKCategoricalAccuracy('a')(y, y)
k.metrics.MeanMetricWrapper(3)(y, y)
k.optimizers.SGD(learning_rate='a')
k.optimizers.SGD(learning_rate=None)
k.optimizers.SGD(momentum=2)  # momentum
k.optimizers.SGD(momentum=-1)  # momentum
k.optimizers.SGD(foo=3)  # foo
k.optimizers.SGD(clipnorm=1.0, clipvalue=1.0)  # clipnorm|clipvalue
k.optimizers.SGD(use_ema=True, ema_momentum=2)  # ema_momentum
k.optimizers.SGD(gradient_accumulation_steps=1)
k.optimizers.SGD(weight_decay='a').build([k.Variable(1.0)]).foo
k.optimizers.SGD(name=3)
k.optimizers.Adam(lr=0.1)  # lr
k.optimizers.AdamW(weight_decay=None)
k.optimizers.Nadam(learning_rate='foo')
k.optimizers.LossScaleOptimizer(3)
k.optimizers.schedules.PiecewiseConstantDecay([1, 2], [1, 2])
k.optimizers.schedules.ExponentialDecay()
k.optimizers.schedules.CosineDecay(0.1, 0)
k.optimizers.schedules.PolynomialDecay(0.1, 0)
k.optimizers.schedules.LearningRateSchedule()(1)
k.callbacks.ModelCheckpoint()
k.callbacks.ModelCheckpoint('foo.bar')  # foo.bar
k.callbacks.ModelCheckpoint('foo.keras', save_weights_only=True)  # foo.keras
k.callbacks.ModelCheckpoint('foo.keras', save_freq='foo')  # foo
k.callbacks.ModelCheckpoint('foo.keras', mode='foo', save_freq='a')
k.callbacks.EarlyStopping(monitor='loss', foo=3)  # foo
k.callbacks.ReduceLROnPlateau(factor=1.5)
k.callbacks.LearningRateScheduler()
k.callbacks.LearningRateScheduler(3).on_epoch_begin(0)
k.callbacks.BackupAndRestore('')
k.callbacks.BackupAndRestore('foo', save_freq='foo')  # foo
k.callbacks.BackupAndRestore('foo', save_freq='epoch', delete_checkpoint=True, foo=3)  # foo
k.callbacks.CSVLogger()
k.callbacks.RemoteMonitor(foo=3)  # foo
k.callbacks.ProgbarLogger('foo')
""")

# Stock Keras leaves these to JAX, or stumbles.
BACKEND_CALLS = bad_calls("""
m = dense_model(); m.compile('sgd', {'a': 'mse'}); m.fit(x, y, verbose=0)  # a
compiled().fit()
compiled().fit(x, np.ones((2, 5)), verbose=0)
compiled().fit(x[:0], y[:0], verbose=0)
compiled().fit(x, y, batch_size=-1, verbose=0)
compiled().fit(x, y, class_weight={0: 1.0}, validation_split=2, verbose=0)
compiled().evaluate()
compiled().evaluate(x, np.ones((2, 5)), verbose=0)
compiled().predict(None)
compiled().predict(x[:0], verbose=0)
compiled().test_on_batch(x, np.ones((2, 5)))
k.losses.CategoricalCrossentropy(axis='a')(y, y)
k.losses.Huber(delta='a')(y, y)
k.losses.Dice(axis='a')(y, y)
k.metrics.Precision(top_k='a')(y, y)
k.metrics.OneHotIoU('a', [0])
""")
