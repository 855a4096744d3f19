"""Operations on images: [H, W, C] or batches of them, in both layouts (``keras.ops.image``)."""

from bigdl_keras.ops.image.color import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from bigdl_keras.ops.image.filters import gaussian_blur, sobel_edges, ssim
from bigdl_keras.ops.image.resampling import resize, scale_and_translate
from bigdl_keras.ops.image.sampling import map_coordinates
from bigdl_keras.ops.image.warping import (
    affine_transform,
    elastic_transform,
    perspective_transform,
)
from bigdl_keras.ops.image.windows import (
    crop_images,
    extract_patches,
    extract_patches_3d,
    pad_images,
)
