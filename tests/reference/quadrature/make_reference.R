# glmer's and clmm's answers, for tests/mixed/quadrature and tests/models/test_clmm.py.
# Run in this folder: Rscript make_reference.R. Needs lme4, ordinal, jsonlite.
suppressMessages({library(lme4); library(ordinal); library(jsonlite)})

save_data <- function(data, name) {
  file <- gzfile(paste0(name, ".csv.gz"), "w")
  write.csv(data, file, row.names = FALSE)
  close(file)
}
# The optimum is what counts: by default the optimiser stops early, and tolPwrss leaves modes at their 4th digit.
tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
of_glmer <- function(formula, data, nodes) {
  fit <- glmer(formula, data, family = binomial, nAGQ = nodes, control = tight)
  table <- coef(summary(fit))
  list(nodes = nodes, loglik = as.numeric(logLik(fit)), terms = rownames(table), estimate = table[, 1],
       std_error = table[, 2], sd = as.numeric(attr(VarCorr(fit)[[1]], "stddev")))
}
of_clmm <- function(formula, data, nodes, ...) {
  fit <- clmm(formula, data = data, nAGQ = nodes, control = clmm.control(gradTol = 1e-7), ...)
  table <- coef(summary(fit))
  list(nodes = nodes, loglik = as.numeric(logLik(fit)), terms = rownames(table), estimate = table[, 1],
       std_error = table[, 2], sd = as.numeric(attr(VarCorr(fit)[[1]], "stddev")))
}

# Few answers a person, six sites as fixed effects: where Laplace is furthest from right.
set.seed(20261)
people <- 300
panel <- expand.grid(wave = 0:2, person = seq_len(people))
panel$site <- factor(paste0("s", (panel$person - 1) %% 6 + 1))
panel$x <- round(rnorm(people)[panel$person], 3)
own <- rnorm(people, sd = 2)[panel$person]
eta <- 0.5 * panel$wave - 0.6 * panel$x + 0.2 * as.integer(panel$site) + own
panel$yes <- rbinom(nrow(panel), 1, plogis(eta - 1))
panel$often <- findInterval(eta + rlogis(nrow(panel)), c(-2, 0, 1.5, 3)) + 1
panel <- panel[sort(sample(nrow(panel), 760)), ]
save_data(panel, "panel")
save_data(cbpp, "cbpp")
save_data(wine[, c("rating", "temp", "contact", "judge", "bottle")], "wine")
panel$wave <- factor(panel$wave)
panel$often <- factor(panel$often)

herds <- cbind(incidence, size - incidence) ~ period + (1 | herd)
tasted <- rating ~ temp + contact + (1 | judge)
answers <- list(
  cbpp = lapply(c(1, 9, 15, 25), function(n) of_glmer(herds, cbpp, n)),
  wine = lapply(c(1, 10, 15), function(n) of_clmm(tasted, wine, n)),
  panel_yes = lapply(c(1, 15, 25), function(n) of_glmer(yes ~ wave + x + site + (1 | person), panel, n)),
  panel_often = lapply(c(1, 15), function(n) of_clmm(often ~ wave + x + site + (1 | person), panel, n)),
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                  ordinal = as.character(packageVersion("ordinal"))))
write(toJSON(answers, digits = 12, auto_unbox = TRUE, pretty = TRUE), "reference.json")
