"""What Keras has not: Spark sessions, and training, evaluating and predicting on DataFrames and RDDs.

Importing this does not import pyspark.
"""

from bigdl_keras.spark.session import session
