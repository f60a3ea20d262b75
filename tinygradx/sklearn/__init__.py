"""Networks as scikit-learn's estimators, so that its pipelines and searches work with them.

`MLPClassifier` and `MLPRegressor` take what scikit-learn's own take, and besides every activation
of the registry and every optimiser.

This room knows scikit-learn, which it imports when it is first asked for: `pip install
'tinygradx[sklearn]'`. Nothing else of tinygradx needs it.
"""

from tinygradx.sklearn.installed import NotInstalledError, need_sklearn

need_sklearn()

from tinygradx.sklearn.mlp import MLPClassifier, MLPRegressor  # noqa: E402

__all__ = ["MLPClassifier", "MLPRegressor", "NotInstalledError"]
