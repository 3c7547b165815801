# Second stage by metafor: restricted likelihood for tau2, Knapp-Hartung without truncation.
# Rscript make_second_stage.R > second_stage.json
library(metafor)
library(jsonlite)
tight <- list(threshold = 1e-14, maxiter = 10000, stepadj = 0.5)
cases <- list(
  three_against_three = list(y = c(4.1, 1.2, 2.9, 0.3, -1.1, 1.7), v = c(.9, 1.4, .7, 1.1, 2.2, .8),
                             arm = c(1, 1, 1, 0, 0, 0)),
  small_against_large = list(y = c(6.2, -3.5, 1.1, 4.0, 0.8, 1.2, -0.4, 0.1, 0.9, 0.6),
                             v = c(4.1, 3.8, 4.4, 4, 1, 1.1, .9, .95, 1.05, 1.2),
                             arm = c(1, 1, 1, 1, 0, 0, 0, 0, 0, 0)),
  no_variance_between = list(y = c(1, 1.1, .9, .4, .5, .45), v = c(.5, .6, .4, .5, .7, .3),
                             arm = c(1, 1, 1, 0, 0, 0)),
  with_covariate = list(y = c(3.2, 1.9, 4.4, 0.2, 1.5, -0.7, 2.1, 0.9), v = c(.3, .5, .2, .6, .4, .3, .5, .2),
                        arm = c(1, 1, 1, 1, 0, 0, 0, 0), x = c(.1, -.4, 1.2, .3, .8, -1.1, .2, -.6)),
  one_group = list(y = c(2.2, 3.1, -.4, 1.8, .9), v = c(.2, .9, .4, .3, .6))
)
one <- function(case) {
  mods <- do.call(cbind, case[setdiff(names(case), c("y", "v"))])
  fit <- if (is.null(mods)) rma(case$y, case$v, test = "knha", control = tight)
         else rma(case$y, case$v, mods = mods, test = "knha", control = tight)
  list(case = case, coefficients = as.numeric(coef(fit)), std_errors = fit$se, tau2 = fit$tau2,
       df = fit$ddf[1], conf_low = fit$ci.lb, conf_high = fit$ci.ub, p_values = fit$pval)
}
cat(toJSON(lapply(cases, one), digits = 15, auto_unbox = TRUE, pretty = TRUE))
