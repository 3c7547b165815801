# Makes *.json here: cluster-robust covariances and tests of clubSandwich, and refits by lme4 without one
# cluster each, on real data.  Rscript make_reference.R   (in this folder; reads ../mixed/egsingle.csv.gz too)
suppressMessages({library(lme4); library(clubSandwich); library(jsonlite)})
options(warn = 1)

tight <- function(formula, data, start = NULL) {
  control <- function(from, to) lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
    check.conv.singular = "ignore", optCtrl = list(rhobeg = from, rhoend = to, maxfun = 1e5))
  fit <- lmer(formula, data, control = control(.02, 1e-9), start = start)
  for (turn in 1:2) {
    again <- lmer(formula, data, control = control(10^-(turn + 1), 1e-10), start = getME(fit, "theta"))
    if (REMLcrit(again) < REMLcrit(fit)) fit <- again
  }
  fit
}

tests <- function(fit, cluster, types, several, ...) {
  answers <- lapply(setNames(types, types), function(type) {
    V <- vcovCR(fit, cluster = cluster, type = type, ...)
    single <- coef_test(fit, vcov = V, test = "Satterthwaite")
    joint <- lapply(several, function(rows) {
      found <- Wald_test(fit, constraints = constrain_zero(rows), vcov = V, test = "HTZ")
      list(columns = rows - 1, F = found$Fstat, scaling = found$delta, df = found$df_denom, p = found$p_val)
    })
    list(SE = single$SE, df = single[, grep("^df", names(single))], p = single[, grep("^p_", names(single))],
         covariance = unclass(as.matrix(V))[seq_len(nrow(V)), seq_len(nrow(V))], joint = joint)
  })
  answers
}

written <- function(name, ...) {
  versions <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                   clubSandwich = as.character(packageVersion("clubSandwich")))
  write(toJSON(list(..., versions = versions), digits = NA, auto_unbox = TRUE, pretty = 1), paste0(name, ".json"))
}
all_types <- c("CR0", "CR1", "CR1S", "CR2", "CR3")

# Two waves in six districts, least squares.
d <- read.csv("socatt6.csv.gz")
fit <- lm(y ~ post * tr, d)
written("socatt6", formula = "y ~ post * tr", cluster = "district", coefficients = coef(fit),
        robust = tests(fit, d$district, all_types, list(c(2, 4))))

# Fixed effects of states and years: each state alone carries its own column.
d <- read.csv("mortality.csv.gz")
d <- d[!is.na(d$beertaxa), ]
fit <- lm(mrate ~ 0 + legal + beertaxa + factor(state) + factor(year), d)
answers <- tests(fit, d$state, c("CR0", "CR1", "CR1S", "CR2"), list(c(1, 2)))
answers <- lapply(answers, function(a) list(SE = a$SE[1:2], df = a$df[1:2], p = a$p[1:2],
                                            covariance = a$covariance[1:2, 1:2], joint = a$joint))
written("mortality", formula = "mrate ~ 0 + legal + beertaxa + factor(state) + factor(year)", cluster = "state",
        coefficients = coef(fit)[1:2], robust = answers)

# Weights as inverse variances, near one: matrix_power() of clubSandwich takes eigenvalues below 1e-12 for zero.
d$weight <- d$pop / mean(d$pop)
fit <- lm(mrate ~ legal + beertaxa + year, d, weights = weight)
written("mortality_weighted", formula = "mrate ~ legal + beertaxa + year", cluster = "state", weights = "pop / mean(pop)",
        coefficients = coef(fit), robust = tests(fit, d$state, all_types, list(c(2, 3)), inverse_var = TRUE))

# Children in schools over years, unbalanced.
d <- read.csv("../mixed/egsingle.csv.gz")
d$schoolid <- factor(d$schoolid); d$childid <- factor(d$childid); d$female <- factor(d$female)
known <- fromJSON("../mixed/egsingle.json")
d$female <- factor(d$female, levels = known$factor_levels$female)
formula <- math ~ year * lowinc + female + (1 + year | childid) + (1 | schoolid)
fit <- tight(formula, d)
schools <- levels(d$schoolid)
without <- lapply(schools[c(1, 9, 27, 45, 60)], function(school) {
  kept <- tight(formula, droplevels(d[d$schoolid != school, ]), getME(fit, "theta"))
  list(school = school, coefficients = fixef(kept), SE = sqrt(diag(as.matrix(vcov(kept)))), criterion = REMLcrit(kept),
       theta = getME(kept, "theta"), sigma = sigma(kept))
})
written("egsingle", formula = known$formula, cluster = "schoolid", coefficients = fixef(fit),
        theta = getME(fit, "theta"), criterion = REMLcrit(fit),
        robust = tests(fit, d$schoolid, all_types, list(2:3, 2:5)), without = without)

# The same with a column that one school alone carries. matrix_power() of clubSandwich drops eigenvalues below
# 1e-12, which for this school is a matter of rounding (df of `lone` 1.15 or 1.0004): here 1e-8.
power <- get("matrix_power", asNamespace("clubSandwich"))
formals(power)$tol <- -8
assignInNamespace("matrix_power", power, "clubSandwich")
d$lone <- as.numeric(d$schoolid == "2020")
fit <- tight(math ~ year + lone + (1 | childid) + (1 | schoolid), d)
written("egsingle_lone", formula = "math ~ year + lone + (1 | childid) + (1 | schoolid)", cluster = "schoolid",
        lone = "2020", coefficients = fixef(fit), theta = getME(fit, "theta"), criterion = REMLcrit(fit),
        robust = tests(fit, d$schoolid, c("CR0", "CR1", "CR1S", "CR2"), list(2:3)))
