"""Small real data sets that come with scikit-learn, and the houses of California."""

from __future__ import annotations

import io
import os
import tarfile
import zlib
from pathlib import Path

import numpy as np

from tinygradx.data.extras import download as fetch
from tinygradx.data.extras import package
from tinygradx.errors import ArgumentError
from tinygradx.tensor import Tensor, from_numpy

#: The archive as it was published, https://doi.org/10.6084/m9.figshare.3829992.v2
HOUSES = "cal_housing.tgz"
MEMBER = "CaliforniaHousing/cal_housing.data"
URL = "https://ndownloader.figshare.com/files/5976036"
SHA256 = "aaa5c9a6afe2225cc2aed2723682ae403280c4a3695a2ddda4ffb5d8215ea681"
COUNT, COLUMNS = 20_640, 9
LARGEST = 4_000_000  # bytes; the table has 1.9 million


def iris() -> tuple[Tensor, Tensor]:
    """Load the irises: 150 flowers of three kinds, measured in centimetres.

    Fisher (1936), "The use of multiple measurements in taxonomic problems". Needs scikit-learn:
    `pip install 'tinygradx[data]'`.

    Returns
    -------
    x : Tensor
        float32 of shape (150, 4): length and width of sepals and petals.
    y : Tensor
        int64 of shape (150,): setosa, versicolor, virginica.

    Raises
    ------
    MissingPackage
        If scikit-learn is not installed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.iris()
    >>> x[0], y[0]
    (tensor([5.1000, 3.5000, 1.4000, 0.2000]), tensor(0))
    """
    return _loaded("iris", np.int64)


def wine() -> tuple[Tensor, Tensor]:
    """Load the wines: 178 from three growers, by 13 chemical measurements.

    Forina et al. (1988), PARVUS. Needs scikit-learn: `pip install 'tinygradx[data]'`. The columns
    differ a thousandfold in size: subtract their mean and divide by their deviation first.

    Returns
    -------
    x : Tensor
        float32 of shape (178, 13).
    y : Tensor
        int64 of shape (178,): the growers, 0 to 2.

    Raises
    ------
    MissingPackage
        If scikit-learn is not installed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.wine()
    >>> x.shape, [int((y == grower).sum()) for grower in range(3)]
    ((178, 13), [59, 71, 48])
    """
    return _loaded("wine", np.int64)


def diabetes() -> tuple[Tensor, Tensor]:
    """Load a regression: how a disease went on within a year, for 442 patients.

    Efron, Hastie, Johnstone & Tibshirani (2004), "Least angle regression". Needs scikit-learn:
    `pip install 'tinygradx[data]'`.

    Returns
    -------
    x : Tensor
        float32 of shape (442, 10): age, sex, body mass, blood pressure and six of blood serum,
        each column with mean 0 and a sum of squares of 1.
    y : Tensor
        float32 of shape (442, 1), from 25 to 346.

    Raises
    ------
    MissingPackage
        If scikit-learn is not installed.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.diabetes()
    >>> x.shape, y[0]
    ((442, 10), tensor([151.]))
    """
    return _loaded("diabetes", np.float32, (-1, 1))


def california(folder: str | os.PathLike[str], download: bool = False) -> tuple[Tensor, Tensor]:
    """Load a regression: what houses cost in 20,640 districts of California in 1990.

    Pace & Barry (1997), "Sparse spatial autoregressions". The columns are those of scikit-learn's
    `fetch_california_housing`, which keeps what it fetches in a file that has to be unpickled; here
    the published archive is read itself.

    Parameters
    ----------
    folder : path
        Where `cal_housing.tgz` is.
    download : bool
        Whether to fetch it (0.4 MB) if it is missing, and to check its sha256; needs the extra
        `tinygradx[data]`.

    Returns
    -------
    x : Tensor
        float32 of shape (20640, 8): median income in 10,000 dollars, median age of the houses,
        rooms and bedrooms for each household, people, people for each household, latitude,
        longitude.
    y : Tensor
        float32 of shape (20640, 1): the median value of a house in 100,000 dollars.

    Raises
    ------
    ArgumentError
        If the file is not there or damaged.

    Examples
    --------
    >>> import tinygradx as tgx
    >>> x, y = tgx.data.california("houses", download=True)  # doctest: +SKIP
    """
    path = Path(folder) / HOUSES
    asked = f"load the houses of California from {str(path)!r}"
    if download and not path.is_file():
        fetch(URL, SHA256, path)
    if not path.is_file():
        raise ArgumentError(
            asked, "no such file", "put it there, or pass download=True to fetch it"
        )
    table = _table(path, asked)
    rooms, bedrooms, people, homes = table[:, 3:7].T
    x = np.stack(
        [table[:, 7], table[:, 2], rooms / homes, bedrooms / homes, people, people / homes,
         table[:, 1], table[:, 0]],
        axis=1,
    )  # fmt: skip
    y = table[:, 8:] / 100_000.0
    return from_numpy(x.astype(np.float32)), from_numpy(y.astype(np.float32))


def _table(path: Path, asked: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The table in the archive, which is read in memory: no file is made of it."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            member = archive.getmember(MEMBER)
            file = archive.extractfile(member)
            if file is None or member.size > LARGEST:
                raise ValueError(f"{MEMBER} of {member.size} bytes")
            table = np.loadtxt(io.BytesIO(file.read(LARGEST)), delimiter=",", ndmin=2)
        if table.shape != (COUNT, COLUMNS):
            raise ValueError(f"a table of shape {table.shape}, not {(COUNT, COLUMNS)}")
    except (OSError, EOFError, KeyError, ValueError, tarfile.TarError, zlib.error) as error:
        got = str(error).strip("'\"")
        raise ArgumentError(asked, got[:200], "get the file again: it is damaged") from error
    return table


def _loaded(
    name: str, dtype: type[np.generic], shape: tuple[int, ...] = (-1,)
) -> tuple[Tensor, Tensor]:
    """The numbers of a set that comes with scikit-learn."""
    sets = package("sklearn.datasets", f"load {name}")
    x, y = getattr(sets, f"load_{name}")(return_X_y=True)
    return from_numpy(x.astype(np.float32)), from_numpy(y.astype(dtype).reshape(shape))
