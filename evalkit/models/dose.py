"""How much of the intervention each site had by each wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit.errors import ProblemsFound
from evalkit.models.spec import waves_of
from evalkit.problems import Place, Problem, error
from evalkit.study.study import Study

Array = npt.NDArray[np.float64]
FILE_COLUMNS = ("site", "wave")


@dataclass(frozen=True)
class Dose:
    """Hold the dose of sites by wave.

    Parameters
    ----------
    name : column that tells it.
    table : DataFrame, rows are sites, columns waves in the order of time; missing where it is not known.
    """

    name: str
    table: pd.DataFrame

    @property
    def sites_known(self) -> tuple[str, ...]:
        """Return the sites whose dose is known in every wave."""
        return tuple(map(str, self.table.index[self.table.notna().all(axis=1)]))

    @property
    def sites_unknown(self) -> tuple[str, ...]:
        """Return the others."""
        return tuple(map(str, self.table.index[self.table.isna().any(axis=1)]))

    @property
    def means(self) -> Mapping[str, float]:
        """Return the mean over waves, by site."""
        means = self.table.mean(axis=1).to_dict()
        return {site: float(means[site]) for site in self.sites_known}

    def change(self, since: str, wave: str) -> Mapping[str, float]:
        """Return how much the dose grew between two waves, by site."""
        grown = (self.table[wave] - self.table[since]).to_dict()
        return {site: float(grown[site]) for site in self.sites_known}

    def at_rows(self, rows: pd.DataFrame) -> Array:
        """Return the dose at the site and wave of each row, (rows,)."""
        long = self.table.stack()
        where = pd.MultiIndex.from_arrays([rows["site"].astype(str), rows["wave"].astype(str)])
        return np.asarray(long.reindex(where).to_numpy(dtype=float))


def dose_of_sites(rows: pd.DataFrame, study: Study, options: Mapping[str, object]) -> Dose:
    """Return the dose that an analysis names.

    Parameters
    ----------
    rows : of the panel, with the column of the dose unless a file tells it.
    study : the study.
    options : `dose`, the column, such as `exposure` (years since the start; none is 0) or a column of `file`,
        a CSV of the study folder with `site` and `wave`; `lag`, in waves; `cumulative`, to add up dose times
        years since the wave before.

    Raises
    ------
    ProblemsFound : a column, file, site or wave that is not there; a dose that is not a number.
    """
    name = str(options.get("dose", ""))
    table = _from_file(study, str(options["file"]), name) if "file" in options else _from_panel(rows, name)
    waves = waves_of(rows)
    sites = sorted(rows["site"].astype(str).unique())
    table = table.reindex(index=sites, columns=list(waves))
    if options.get("cumulative"):
        times = (
            rows.groupby(rows["wave"].astype(str))["time"].mean().reindex(list(waves)).to_numpy(dtype=float)
        )
        table = (table * np.diff(times, prepend=times[0])).cumsum(axis=1, skipna=False)
    lag = options.get("lag", 0)
    if isinstance(lag, int) and lag > 0:
        table = table.shift(lag, axis=1).fillna(dict.fromkeys(waves[:lag], 0.0))
    return Dose(name, table)


def _from_panel(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    if name not in rows or not pd.api.types.is_numeric_dtype(rows[name]):
        numeric = ", ".join(str(c) for c in rows if pd.api.types.is_numeric_dtype(rows[c]))
        raise ProblemsFound([error("models.no_dose_column", name=name, known=numeric)])
    values = rows[name].clip(lower=0.0).fillna(0.0) if name == "exposure" else rows[name]
    keys = [rows["site"].astype(str).rename("site"), rows["wave"].astype(str).rename("wave")]
    return values.groupby(keys).mean().unstack("wave")


def _from_file(study: Study, file: str, name: str) -> pd.DataFrame:
    path = study.folder / file
    problems = list(_file_problems(path, name))
    if problems:
        raise ProblemsFound(problems)
    read = pd.read_csv(path, dtype={"site": str, "wave": str})
    unknown = set(read["site"]) - set(study.sites_by_id), set(read["wave"]) - set(study.waves_by_id)
    problems = [error("models.dose_unknown_site", Place(file=file), name=site) for site in sorted(unknown[0])]
    problems += [
        error("models.dose_unknown_wave", Place(file=file), name=wave) for wave in sorted(unknown[1])
    ]
    twice = read[read.duplicated(["site", "wave"])]
    for row in twice.itertuples():
        problems.append(error("models.dose_twice", Place(file=file), site=row.site, wave=row.wave))
    if problems:
        raise ProblemsFound(problems)
    return read.pivot(index="site", columns="wave", values=name)


def _file_problems(path: Path, name: str) -> list[Problem]:
    if not path.is_file():
        return [error("models.no_dose_file", Place(file=path.name))]
    head = pd.read_csv(path, dtype={"site": str, "wave": str})
    missing = [column for column in (*FILE_COLUMNS, name) if column not in head]
    if missing:
        known = ", ".join(map(str, head))
        return [error("models.no_dose_column", Place(file=path.name), name=m, known=known) for m in missing]
    if not pd.api.types.is_numeric_dtype(head[name]):
        return [error("models.dose_not_a_number", Place(file=path.name), name=name)]
    return []
