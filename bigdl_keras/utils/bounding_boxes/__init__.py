"""Bounding boxes (``keras.utils.bounding_boxes``)."""
