# Simulate and fit again, one data set at a time, as R users do; answers lines from standard input.
# Lines:  load DESIGN.csv FORMULA...      fit the first data set, from which others are drawn
#         afresh N | refit N | kr N       time N data sets; a line of JSON with seconds each
#         check OUTCOMES.csv              p-values of given outcomes, each fitted afresh to a tight optimum
# `afresh` is what simr does: simulate(), the call of lmer evaluated on the new data, the test of one term.
# `refit` saves the model frame: refit(), then as_lmerModLmerTest(). `kr` is refit() and KRmodcomp().
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})
quiet <- function(e) suppressWarnings(suppressMessages(e))
say <- function(x) { cat(toJSON(x, auto_unbox = TRUE, digits = NA), "\n", sep = ""); flush(stdout()) }
TERM <- "time:arm"
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-8, maxfun = 1e5))
p_of <- function(m) coef(summary(m))[TERM, "Pr(>|t|)"]
one <- list(
  afresh = function() { frame$y <- simulate(tested)[[1]]; p_of(quiet(lmerTest::lmer(formula, frame))) },
  refit = function() quiet(p_of(as_lmerModLmerTest(refit(plain, simulate(plain)[[1]])))),
  kr = function() quiet(KRmodcomp(refit(plain, simulate(plain)[[1]]), small)$test["Ftest", "p.value"])
)
lines <- file("stdin", "r")
while (length(line <- readLines(lines, 1))) {
  words <- strsplit(line, " ")[[1]]
  if (words[1] == "load") {
    frame <- read.csv(words[2]); formula <- as.formula(paste(words[-(1:2)], collapse = " "))
    plain <- quiet(lme4::lmer(formula, frame)); tested <- quiet(lmerTest::lmer(formula, frame))
    small <- quiet(lme4::lmer(update(formula, . ~ . - time:arm), frame))
    say(list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
             lmerTest = as.character(packageVersion("lmerTest")), pbkrtest = as.character(packageVersion("pbkrtest"))))
  } else if (words[1] == "check") {
    outcomes <- as.matrix(read.csv(words[2]))
    say(apply(outcomes, 2, function(y) { frame$y <- y; p_of(quiet(lmerTest::lmer(formula, frame, control = tight))) }))
  } else {
    many <- as.integer(words[2]); before <- proc.time()
    for (k in seq_len(many)) one[[words[1]]]()
    spent <- proc.time() - before
    say(list(wall = spent[["elapsed"]] / many, cpu = sum(spent[c("user.self", "sys.self")]) / many))
  }
}
