# Time lme4's refit with lmerTest's (or pbkrtest's) tests, an outcome at a time, and write the p-values.
# Rscript batch.R DESIGN.csv OUTCOMES.csv HOW_MANY MODE     MODE: loop | afresh | kr
# loop and kr refit; afresh fits each outcome anew to a tight optimum, since as_lmerModLmerTest takes the
# derivatives at a refit's theta from the criterion of the first outcome, so that its df are not right.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})
given <- commandArgs(TRUE)
frame <- read.csv(given[1]); outcomes <- as.matrix(read.csv(given[2]))
many <- as.integer(given[3]); mode <- given[4]
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-8, maxfun = 1e5))
formula <- y ~ t * trt + x + (1 + t | resident) + (1 | site)
quiet <- function(e) suppressWarnings(suppressMessages(e))
first <- quiet(lme4::lmer(formula, frame))
small <- if (mode == "kr") quiet(lme4::lmer(update(formula, . ~ . - t:trt), frame))
p_values <- list()
before <- proc.time()
for (k in seq_len(many)) {
  p_values[[k]] <- if (mode == "afresh") {
    frame$y <- outcomes[, k]
    quiet(coef(summary(lmerTest::lmer(formula, frame, control = tight)))[, "Pr(>|t|)"])
  } else {
    m <- quiet(refit(first, outcomes[, k]))
    if (mode == "kr") quiet(KRmodcomp(m, small)$test["Ftest", "p.value"])
    else quiet(coef(summary(as_lmerModLmerTest(m)))[, "Pr(>|t|)"])
  }
}
spent <- proc.time() - before
cat(toJSON(list(wall = spent[["elapsed"]] / many, cpu = sum(spent[c("user.self", "sys.self")]) / many,
                p = do.call(rbind, p_values)), auto_unbox = TRUE, digits = NA))
