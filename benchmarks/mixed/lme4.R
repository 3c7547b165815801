# Times lme4, lmerTest and pbkrtest on the panels of data.py.   Rscript lme4.R FOLDER CASES...
# Each line: case, what, seconds, REML criterion.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest)})
args <- commandArgs(TRUE); folder <- args[1]
f <- y ~ t * trt + x + (1 + t | resident) + (1 | site); g <- update(f, . ~ . + (1 | site:wave))
say <- function(case, what, expr) { s <- system.time(m <- suppressWarnings(suppressMessages(expr)))[["elapsed"]]; cat(case, what, s, if (inherits(m, "merMod")) format(REMLcrit(m), digits = 14) else "", "\n"); flush(stdout()); invisible(m) }
for (case in args[-1]) {
  if (case == "insteval") { d <- lme4::InstEval; h <- y ~ service + (1|s) + (1|d) + (1|dept:service); say(case, "lme4", lme4::lmer(h, d)); next }
  d <- read.csv(file.path(folder, paste0(case, ".csv"))); for (v in c("resident", "site", "wave")) d[[v]] <- factor(d[[v]])
  small <- nrow(d) < 10000
  if (small) say(case, "warm", lme4::lmer(f, d))
  say(case, "lme4", lme4::lmer(f, d))
  if (small) {
    m <- say(case, "lmerTest fit", lmerTest::lmer(f, d)); say(case, "lmerTest summary", coef(summary(m)))
    y <- simulate(m, 5, seed = 1); say(case, "5 refits + Satterthwaite", for (k in 1:5) { n <- lmerTest::lmer(f, transform(d, y = y[[k]])); coef(summary(n)) })
    if (case == "b") say(case, "pbkrtest summary", coef(summary(m, ddf = "Kenward-Roger")))
    say(case, "lme4 with site:wave", lme4::lmer(g, d))
  }
}
