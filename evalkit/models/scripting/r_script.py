"""An R script that gives the figures of an analysis again, beside evalkit's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import numpy as np
import pandas as pd

from evalkit.mixed.fitting import MixedFit
from evalkit.models.category_means import category_means
from evalkit.models.fit import INTERCEPT, Fit
from evalkit.models.inference.first_stage import NumbersOf, first_stage, means_of, sites_of
from evalkit.models.inference.site_changes import design_of
from evalkit.models.inference.site_test import SiteTest
from evalkit.models.scripting.r_words import r_matrix, r_named, r_string, r_strings, r_vector
from evalkit.models.site_contrast import SiteContrast
from evalkit.models.site_means import SiteMeans, site_means
from evalkit.models.spec import ModelSpec
from evalkit.models.study_fits import WaveChange
from evalkit.study.study import Study

CELLS, MODEL = "cells", "model"


@dataclass(frozen=True)
class RScript:
    """Hold a script and the tables that it reads, by the ending of their names."""

    text: str
    tables: dict[str, pd.DataFrame]


def r_script(
    name: str, spec: ModelSpec, fitted: Fit | None, changes: tuple[WaveChange, ...], study: Study
) -> RScript:
    """Write an analysis as R: nlme for the first stage, base R and metafor for the second, lme4 beside.

    Parameters
    ----------
    name : of the analysis; its files are called so.
    spec, fitted : the model and its fit.
    changes : what evalkit found, which the script prints beside R's figures.
    study : the study.

    Returns
    -------
    The script with its tables; respondents are numbers in them, in the order of their answers, so that
    nothing is told of their codes.
    """
    people = _numbered(spec)
    tables = {CELLS: _cells(spec, people)}
    parts = [_head(name), resources.files(__package__).joinpath("functions.R").read_text("utf-8")]
    means = means_of(spec, study, fitted)
    parts += [*_stage_one(name, spec, study, _stage_of(spec, study, fitted))]
    numbers_of = first_stage(spec, study, fitted)
    for number, change in enumerate(changes, 1):
        parts += [*_second_stage(number, change, spec, study, numbers_of, means)]
    if fitted is not None and isinstance(fitted.raw, MixedFit):
        tables[MODEL] = _model_table(spec, people)
        parts += [*_mixed(name, spec, fitted, changes)]
    parts.append(_tail(name))
    return RScript("\n".join(parts) + "\n", tables)


def _head(name: str) -> str:
    return f"""# Analysis {name}, by R. It prints R's figures beside evalkit's.
# Rscript {name}.R      (nlme, lme4; metafor, lmerTest with pbkrtest, and clubSandwich where installed)
file <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
here <- if (length(file)) dirname(file) else "."
"""


def _tail(name: str) -> str:
    return f"""told$difference <- told$R - told$evalkit
print(told, digits = 10)
write.csv(told, file.path(here, {r_string(name + "-by-r.csv")}), row.names = FALSE)
cat("Largest difference, relative to 1 or to the figure:",
    format(max(abs(told$difference) / pmax(1, abs(told$evalkit)), na.rm = TRUE)), "\\n")"""


def _numbered(spec: ModelSpec) -> dict[str, int]:
    """Return a number for each respondent, by site, waves and answers alone, whatever their codes are."""
    rows = spec.answers.assign(respondent=spec.answers["respondent"].astype(str))
    answers = zip(rows["site"].astype(str), rows["wave"].astype(str), rows[spec.outcome], strict=True)
    given: dict[str, list[tuple[str, str, float]]] = {}
    for code, answer in zip(rows["respondent"], answers, strict=True):
        given.setdefault(code, []).append(answer)
    return {code: n for n, code in enumerate(sorted(given, key=lambda code: sorted(given[code])), 1)}


def _cells(spec: ModelSpec, people: dict[str, int]) -> pd.DataFrame:
    rows, groups = spec.answers, dict.fromkeys(c.by[0] for c in spec.contrasts if c.by is not None)
    table = pd.DataFrame(
        {
            "respondent": rows["respondent"].astype(str).map(people),
            "site": rows["site"].astype(str),
            "wave": rows["wave"].astype(str),
            "y": rows[spec.outcome].astype(float),
        }
    )
    table = table.assign(**{group: rows[group].astype(str) for group in groups})
    return table.sort_values(["respondent", "wave"])


def _model_table(spec: ModelSpec, people: dict[str, int]) -> pd.DataFrame:
    rows = spec.data
    effects = dict.fromkeys(n for term in spec.random for n in term.columns if n != INTERCEPT)
    table = pd.DataFrame({"y": rows[spec.outcome].astype(float)})
    for group in dict.fromkeys(part for term in spec.random for part in term.group.split(":")):
        table[group] = rows["respondent"].astype(str).map(people) if group == "respondent" else rows[group]
    for effect in effects:
        table[effect] = rows[effect].astype(float)
    fixed = spec.fixed.to_numpy(dtype=float)
    table = table.assign(**{f"X{n + 1}": fixed[:, n] for n in range(fixed.shape[1])})
    return table.sort_values(list(table.columns))


def _stage_of(spec: ModelSpec, study: Study, fitted: Fit | None) -> str:
    """Return the function of the first stage: for categories, the one of probabilities."""
    if fitted is None or fitted.engine != "ordinal":
        return "stage_one"
    known = category_means(spec, fitted, sites_of(spec, study), spec.levels["wave"])
    return "stage_one" if known is None else "stage_one_categories"


def _stage_one(name: str, spec: ModelSpec, study: Study, stage: str) -> Iterator[str]:
    yield f"""
sites <- {r_strings(sites_of(spec, study))}
waves <- {r_strings(spec.levels["wave"])}
cells <- read.csv(file.path(here, {r_string(f"{name}-{CELLS}.csv")}),
                  colClasses = c(site = "character", wave = "character"))
everyone <- {stage}(cells, sites, waves)"""


def _second_stage(
    number: int,
    change: WaveChange,
    spec: ModelSpec,
    study: Study,
    numbers_of: NumbersOf,
    means: SiteMeans,
) -> Iterator[str]:
    contrast = change.contrast
    label = f"{number} {contrast.name} {' - '.join(contrast.arms)}".strip()
    yield f"\n# {label}: {contrast.label.say('en')}"
    if contrast.stack:
        yield from _stacked(label, change, spec, study, numbers_of, means)
        return
    numbers = numbers_of(contrast)
    if not len(numbers.table) or change.found.std_error is None:
        yield "# evalkit gives no interval here, and neither does this script."
        return
    design, row = design_of(numbers, contrast)
    yield from _numbers(contrast, list(numbers.table["site"]), spec, study, means)
    yield f"X <- {r_matrix(design)}\nrow <- {r_vector(row.tolist())}"
    figures = {
        "estimate": change.found.estimate,
        "std_error": change.found.std_error,
        "df": change.found.df,
        "tau2": change.found.tau2,
    }
    yield f"evalkit <- {r_named(figures)}"
    yield f"""found <- second_stage(numbers$y, numbers$v, X, row)
tell({r_string(label)}, "two stages, base R", found, evalkit)
if (requireNamespace("metafor", quietly = TRUE)) {{
  tell({r_string(label)}, "two stages, metafor", by_metafor(numbers$y, numbers$v, X, row), evalkit)
}}"""


def _numbers(
    contrast: SiteContrast, kept: list[str], spec: ModelSpec, study: Study, means: SiteMeans
) -> Iterator[str]:
    """Write the numbers of sites; where a contrast sets two groups of residents apart, of each."""
    sites = sites_of(spec, study)
    places = r_vector([float(sites.index(site) + 1) for site in kept])
    if contrast.by is None:
        yield f"weights <- {_weights(contrast, means)}"
        yield f"numbers <- numbers_of(everyone, weights, {places})"
        return
    column, *levels = contrast.by
    for letter, level in zip("ab", levels, strict=True):
        rows = spec.answers[spec.answers[column].astype(str) == level]
        of_group = site_means(rows, spec.outcome, sites=sites, waves=spec.levels["wave"])
        yield f"weights <- {_weights(contrast, of_group)}"
        yield f"part <- stage_one(cells[cells${column} == {r_string(level)}, ], sites, waves)"
        yield f"{letter} <- numbers_of(part, weights, {places})"
    yield "numbers <- list(y = a$y - b$y, v = a$v + b$v)"


def _weights(contrast: SiteContrast, means: SiteMeans) -> str:
    return r_matrix(np.nan_to_num(contrast.weigh(means)))


def _stacked(
    label: str,
    change: WaveChange,
    spec: ModelSpec,
    study: Study,
    numbers_of: NumbersOf,
    means: SiteMeans,
) -> Iterator[str]:
    yield "stacked <- data.frame()"
    for window, one in enumerate(change.contrast.stack, 1):
        numbers = numbers_of(one)
        kept = list(numbers.table["site"])
        if not kept:
            continue
        yield from _numbers(one, kept, spec, study, means)
        ours = r_vector(numbers.in_arm(change.contrast.arms[0]).astype(float).tolist())
        yield (
            f"stacked <- rbind(stacked, data.frame(y = numbers$y, site = {r_strings(kept)}, "
            f"window = {window}, ours = {ours}))"
        )
    figures = {
        "estimate": change.found.estimate,
        "std_error": change.found.std_error,
        "df": change.found.df,
    }
    yield f"evalkit <- {r_named(figures)}"
    yield f"""if (requireNamespace("clubSandwich", quietly = TRUE)) {{
  fit <- lm(y ~ 0 + factor(window) + ours, data = stacked)
  test <- clubSandwich::coef_test(fit, vcov = "CR2", cluster = stacked$site, test = "Satterthwaite")
  last <- test[nrow(test), ]
  found <- c(estimate = last$beta, std_error = last$SE, df = last[[grep("^df", names(last))[1]]])
  tell({r_string(label)}, "windows stacked, CR2", found, evalkit)
}}"""


def _mixed(name: str, spec: ModelSpec, fitted: Fit, changes: tuple[WaveChange, ...]) -> Iterator[str]:
    terms = " + ".join(_bar(factor.name, factor.effects, fitted) for factor in fitted.raw.prepared.factors)
    columns = [f"X{n + 1}" for n, term in enumerate(spec.fixed) if str(term) in fitted.raw.names]
    yield f"""
# The mixed model that stands beside. Columns: {", ".join(map(str, spec.fixed))}.
rows <- read.csv(file.path(here, {r_string(f"{name}-{MODEL}.csv")}))
for (group in intersect(c("respondent", "site", "wave"), names(rows))) rows[[group]] <- factor(rows[[group]])
formula <- y ~ 0 + {" + ".join(columns)} + {terms}
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e6), calc.derivs = FALSE)
kenward_roger <- requireNamespace("lmerTest", quietly = TRUE) && requireNamespace("pbkrtest", quietly = TRUE)
fit_by <- if (kenward_roger) lmerTest::lmer else lmer
model <- fit_by(formula, rows, control = tight)"""
    if fitted.unreduced is not None:
        yield (
            "# The fuller model was singular; evalkit reports the lower degrees of freedom of the two, "
            "so df and p may lie below those of this model."
        )
    for number, change in enumerate(changes, 1):
        yield from _beside(number, change, list(fitted.raw.names), reduced=fitted.unreduced is not None)


def _bar(group: str, effects: tuple[str, ...], fitted: Fit) -> str:
    slopes = [effect for effect in effects if effect != INTERCEPT]
    start = "1" if INTERCEPT in effects else "0"
    covaried = fitted.variance_components.query("group == @group")["term2"].notna().any()
    bar = "|" if covaried or len(effects) < 2 else "||"
    return f"({' + '.join([start, *slopes])} {bar} {group})"


def _beside(number: int, change: WaveChange, names: list[str], *, reduced: bool) -> Iterator[str]:
    contrast, tests = change.contrast, {test.method: test for test in change.beside.others}
    if "kenward_roger" not in tests:
        return
    row = [contrast.row.get(name, 0.0) for name in names]
    label = r_string(f"{number} {contrast.name} {' - '.join(contrast.arms)}".strip())
    yield f"row <- {r_vector(row)}"
    yield f"""if (kenward_roger) {{
  test <- lmerTest::contest1D(model, row, ddf = "Kenward-Roger")
  found <- c(estimate = test$Estimate, std_error = test$`Std. Error`, df = test$df)
  tell({label}, "mixed model, Kenward-Roger", found,
       {r_named(_figures(tests["kenward_roger"], df=not reduced))})
}}"""
    if "cr2_mixed" in tests:
        yield f"""if (requireNamespace("clubSandwich", quietly = TRUE)) {{
  V <- clubSandwich::vcovCR(model, cluster = rows$site, type = "CR2")
  test <- clubSandwich::linear_contrast(model, vcov = V, contrasts = matrix(row, 1), test = "Satterthwaite")
  tell({label}, "mixed model, CR2", c(estimate = test$Est, std_error = test$SE, df = test$df),
       {r_named(_figures(tests["cr2_mixed"]))})
}}"""


def _figures(test: SiteTest, *, df: bool = True) -> dict[str, float | None]:
    found = {"estimate": test.estimate, "std_error": test.std_error}
    return found | {"df": test.df} if df else found
