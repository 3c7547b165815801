suppressMessages({
  library(nlme)
  library(lme4)
})

# First stage: means by site and wave, all free, with a free covariance of a resident's answers over waves.
stage_one <- function(rows, sites, waves) {
  rows <- rows[order(rows$respondent, match(rows$wave, waves)), ]
  rows$unit <- paste(rows$respondent, rows$site)
  rows$place <- match(rows$wave, waves)
  rows$cell <- factor(paste(rows$site, rows$wave, sep = "|"))
  twice <- anyDuplicated(rows$unit) > 0
  tight <- glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 5000, opt = "optim",
                      optimMethod = "BFGS")
  fit <- if (twice) {
    gls(y ~ 0 + cell, data = rows, method = "REML", correlation = corSymm(form = ~ place | unit),
        weights = varIdent(form = ~ 1 | wave), control = tight)
  } else {
    gls(y ~ 0 + cell, data = rows, method = "REML", weights = varIdent(form = ~ 1 | wave), control = tight)
  }
  names <- sub("^cell", "", names(coef(fit)))
  cells <- outer(sites, waves, paste, sep = "|")
  means <- matrix(coef(fit)[match(cells, names)], length(sites))
  sampling <- lapply(seq_along(sites), function(s) {
    known <- match(cells[s, ], names)
    V <- matrix(0, length(waves), length(waves))
    here <- which(!is.na(known))
    V[here, here] <- vcov(fit)[known[here], known[here]]
    V
  })
  list(means = means, sampling = sampling)
}

# One number a site, and its sampling variance, from the weights of its means.
numbers_of <- function(stage, weights, kept) {
  value <- sapply(kept, function(s) sum(ifelse(weights[s, ] == 0, 0, weights[s, ] * stage$means[s, ])))
  variance <- sapply(kept, function(s) drop(weights[s, ] %*% stage$sampling[[s]] %*% weights[s, ]))
  list(y = value, v = variance)
}

# Second stage in base R: tau2 by restricted likelihood, covariance by Hartung and Knapp without truncation.
second_stage <- function(y, v, X, row) {
  fitted <- function(tau2) {
    w <- 1 / (tau2 + v)
    bread <- solve(crossprod(X, w * X))
    b <- drop(bread %*% crossprod(X, w * y))
    r <- y - drop(X %*% b)
    list(w = w, bread = bread, b = b, r = r,
         deviance = sum(log(tau2 + v)) + determinant(crossprod(X, w * X))$modulus + sum(w * r^2))
  }
  df <- nrow(X) - ncol(X)
  top <- 4 * length(y) * (var(y) + max(v))
  grid <- c(0, exp(seq(log(top * 1e-8), log(top), length.out = 200)))
  best <- which.min(sapply(grid, function(t) fitted(t)$deviance))
  span <- c(grid[max(best - 1, 1)], grid[min(best + 1, length(grid))])
  tau2 <- optimize(function(t) fitted(t)$deviance, span, tol = 1e-14 * top)$minimum
  if (fitted(0)$deviance <= fitted(tau2)$deviance) tau2 <- 0
  found <- fitted(tau2)
  covariance <- found$bread * sum(found$w * found$r^2) / df
  c(estimate = sum(row * found$b), std_error = sqrt(drop(row %*% covariance %*% row)), df = df, tau2 = tau2)
}

# The same by metafor, where it is installed; it adds a column of ones itself.
by_metafor <- function(y, v, X, row) {
  fit <- metafor::rma(y, v, mods = X, intercept = FALSE, test = "knha",
                      control = list(threshold = 1e-14, maxiter = 10000, stepadj = 0.5))
  c(estimate = sum(row * coef(fit)), std_error = sqrt(drop(row %*% vcov(fit) %*% row)),
    df = nrow(X) - ncol(X), tau2 = fit$tau2)
}

told <- data.frame()
tell <- function(contrast, method, found, evalkit) {
  both <- intersect(names(found), names(evalkit))
  told <<- rbind(told, data.frame(contrast = contrast, method = method, figure = both, R = as.numeric(found[both]),
                                  evalkit = as.numeric(evalkit[both]), row.names = NULL))
}

# First stage for categories: the population's mean of each site in each wave, from a model of probabilities
# with residents as random and sites by wave as free (two values: glmer; more: ordinal::clmm, which is slow).
stage_one_categories <- function(rows, sites, waves) {
  rows$cell <- factor(paste(rows$site, rows$wave, sep = "|"))
  values <- sort(unique(rows$y))
  u <- seq(-8.5, 8.5, length.out = 201)
  w <- dnorm(u) * (u[2] - u[1])
  if (length(values) == 2) {
    rows$yes <- as.numeric(rows$y == values[2])
    fit <- glmer(yes ~ 0 + cell + (1 | respondent), rows, family = binomial, nAGQ = 15,
                 control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e6), tolPwrss = 1e-10))
    par <- c(getME(fit, "theta"), fixef(fit))
    V <- 2 * solve(fit@optinfo$derivs$Hessian)
    mean_of <- function(par) sapply(par[-1], function(x) {
      values[1] + diff(values) * sum(w * plogis(x + par[1] * u))
    })
  } else {
    fit <- ordinal::clmm(factor(y) ~ cell + (1 | respondent), rows, nAGQ = 15)
    cuts <- seq_along(fit$alpha)
    par <- c(fit$alpha, fit$beta, as.numeric(fit$ST[[1]]))
    V <- vcov(fit)
    mean_of <- function(par) sapply(c(0, par[-c(cuts, length(par))]), function(x) {
      below <- sapply(par[cuts], function(cut) sum(w * plogis(cut - x - par[length(par)] * u)))
      sum(values * diff(c(0, below, 1)))
    })
  }
  slopes <- sapply(seq_along(par), function(k) {
    step <- replace(numeric(length(par)), k, 1e-5)
    (mean_of(par + step) - mean_of(par - step)) / 2e-5
  })
  covariance <- slopes %*% V %*% t(slopes)
  cells <- outer(sites, waves, paste, sep = "|")
  place <- matrix(match(cells, levels(rows$cell)), length(sites))
  means <- matrix(mean_of(par)[place], length(sites))
  sampling <- lapply(seq_along(sites), function(s) {
    V <- matrix(0, length(waves), length(waves))
    here <- which(!is.na(place[s, ]))
    V[here, here] <- covariance[place[s, here], place[s, here]]
    V
  })
  list(means = means, sampling = sampling)
}
