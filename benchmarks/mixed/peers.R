# Time R's engines: lines `TASK FILE` on standard input, a line of JSON for each on standard output.
# Reading the file is not timed; each file is read once.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(jsonlite)})

PANEL <- y ~ t * trt + x + (1 + t | resident) + (1 | site)
FORMULAS <- list(panel = PANEL, site_wave = update(PANEL, . ~ . + (1 | site:wave)),
                 insteval = y ~ service + (1 | s) + (1 | d) + (1 | dept:service))
# To the optimum, as evalkit goes; lme4's own settings stop before it.
TIGHT <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-8, maxfun = 1e5))

# A task is ENGINE or ENGINE:FORMULA.
fit_of <- list(
  lme4 = function(f, d) { m <- lme4::lmer(f, d); coef(summary(m)); m },
  lme4_tight = function(f, d) { m <- lme4::lmer(f, d, control = TIGHT); coef(summary(m)); m },
  lmerTest = function(f, d) { m <- lmerTest::lmer(f, d); coef(summary(m)); m },
  lmerTest_tight = function(f, d) { m <- lmerTest::lmer(f, d, control = TIGHT); coef(summary(m)); m })

frames <- list()
last <- NULL
timed <- function(expression) {
  before <- proc.time()
  found <- suppressWarnings(suppressMessages(force(expression)))
  list(found = found, spent = proc.time() - before)
}

answer <- function(task, path) {
  parts <- strsplit(task, ":", fixed = TRUE)[[1]]
  if (is.null(frames[[path]])) frames[[path]] <<- read.csv(path)
  gc()
  if (parts[1] == "pbkrtest") {   # the summary alone; the fit before it is not counted
    m <- suppressMessages(lmerTest::lmer(FORMULAS$panel, frames[[path]]))
    got <- timed({ coef(summary(m, ddf = "Kenward-Roger")); m })
  } else {
    chosen <- FORMULAS[[if (length(parts) > 1) parts[2] else "panel"]]
    got <- timed(fit_of[[parts[1]]](chosen, frames[[path]]))
  }
  list(wall = got$spent[["elapsed"]], cpu = sum(got$spent[c("user.self", "sys.self")]),
       criterion = REMLcrit(got$found))
}

main <- function() {
  source <- file("stdin"); open(source)
  while (length(line <- readLines(source, 1))) {
    asked <- strsplit(line, " ", fixed = TRUE)[[1]]
    found <- if (asked[1] == "versions") {
      list(R = paste(R.version$major, R.version$minor, sep = "."), lme4 = as.character(packageVersion("lme4")),
           lmerTest = as.character(packageVersion("lmerTest")), pbkrtest = as.character(packageVersion("pbkrtest")),
           BLAS = basename(extSoftVersion()[["BLAS"]]))
    } else answer(asked[1], asked[2])
    cat(toJSON(found, auto_unbox = TRUE, digits = NA), "\n", sep = "")
    flush(stdout())
  }
}
main()
