"""Where units are: great-circle distances."""

from math import asin, cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS84."""


def distance_km(here: Point, there: Point) -> float:
    """
    Great-circle distance by the haversine formula [1]_, in kilometres.

    The Earth is taken as a sphere: off by at most 0.6 %.

    References
    ----------
    .. [1] Sinnott (1984). Virtues of the haversine. *Sky and Telescope*, 68(2): 159.
    """
    lat_1, lon_1, lat_2, lon_2 = map(radians, (*here, *there))
    half = sin((lat_2 - lat_1) / 2) ** 2
    half += cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def distances_km(here: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances of many pairs of points, each ``(k, 2)`` in degrees; NaN where one is unknown."""
    (lat_1, lon_1), (lat_2, lon_2) = np.radians(here).T, np.radians(there).T
    half = np.sin((lat_2 - lat_1) / 2) ** 2
    half += np.cos(lat_1) * np.cos(lat_2) * np.sin((lon_2 - lon_1) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half))))
