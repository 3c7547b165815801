# Time glmer and clmm with 15 nodes, as they come: Rscript race.R FOLDER MODELS.json
suppressMessages({library(lme4); library(ordinal); library(jsonlite)})
arguments <- commandArgs(TRUE)
models <- fromJSON(arguments[2], simplifyDataFrame = FALSE)
for (model in models) {
  data <- read.csv(file.path(arguments[1], paste0(model$data, ".csv")), stringsAsFactors = TRUE)
  data$often <- factor(data$often)
  formula <- as.formula(model$formula)
  ordered <- model$verb == "clmm"
  for (round in seq_len(model$rounds)) {
    started <- proc.time()
    fit <- suppressWarnings(
      if (ordered) clmm(formula, data = data, nAGQ = 15) else glmer(formula, data, family = binomial, nAGQ = 15))
    answer <- coef(summary(fit))
    spent <- proc.time() - started
    sd <- as.numeric(attr(VarCorr(fit)[[1]], "stddev"))
    facts <- list(model = model$name, wall = spent[["elapsed"]], cpu = spent[["user.self"]] + spent[["sys.self"]],
                  loglik = as.numeric(logLik(fit)), sd = sd)
    cat(toJSON(facts, auto_unbox = TRUE, digits = 10), "\n", sep = "")
  }
}
