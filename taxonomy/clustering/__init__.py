"""Unit vectors in, clusters out.

`cluster_vectors` is the stage. `SphericalKMeans` and `DensityClusterer` are its two arms; anything
else with `fit_predict` takes their place.
"""

from taxonomy.clustering.density import DensityClusterer
from taxonomy.clustering.kmeans import SphericalKMeans
from taxonomy.clustering.stage import (
    Clusterer,
    Clustering,
    cluster_vectors,
    default_n_clusters,
)

__all__ = [
    "Clusterer",
    "Clustering",
    "DensityClusterer",
    "SphericalKMeans",
    "cluster_vectors",
    "default_n_clusters",
]
