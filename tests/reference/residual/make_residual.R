# Makes residual.json.gz, egsingle12.csv.gz and panel.csv.gz: nlme's answers to models whose residuals vary by level
# or correlate over time.   Rscript make_residual.R     (nlme 3.1-162, clubSandwich 0.5.8, mlmRev 1.0-8, R 4.2.2)
suppressMessages({library(nlme); library(jsonlite); library(clubSandwich)})
kept <- function(d, name) { con <- gzfile(paste0(name, ".csv.gz"), "w"); write.csv(d, con, row.names=FALSE); close(con) }

eg <- mlmRev::egsingle[, c("schoolid","childid","math","year","lowinc","female")]
eg <- eg[eg$schoolid %in% levels(eg$schoolid)[1:12], ]
eg$wave <- paste0("y", eg$year + 2.5)
eg <- eg[ave(eg$math, eg$wave, FUN=length) >= 20, ]
eg[] <- lapply(eg, function(v) if (is.factor(v)) as.character(v) else v)
kept(eg, "egsingle12")

# Three levels, visits at times of their own, about a quarter of them missing; residuals as both structures say.
set.seed(20261)
n <- 90; waves <- 5; sites <- 9
p <- expand.grid(wave=0:(waves-1), resident=1:n)
p$site <- (p$resident - 1) %% sites + 1
p$time <- round(p$wave + runif(nrow(p), 0, .6), 3)
p$arm <- as.numeric(p$site <= 4)
own <- unlist(lapply(1:n, function(r) { t <- p$time[p$resident == r]
  drop(t(chol(.55^abs(outer(t, t, "-")))) %*% rnorm(waves)) }))
sd <- c(.6, .8, 1, 1.2, 1.5)[p$wave + 1]
p$y <- 3 + .2*p$time + .1*p$arm*p$time + rnorm(sites, 0, .4)[p$site] + rnorm(n, 0, .8)[p$resident] + sd*own
p <- p[runif(nrow(p)) > .25, ]
p$y <- round(p$y, 4); p$wave <- paste0("w", p$wave)
kept(p[order(p$site, p$resident, p$time), ], "panel")

there <- function(name, folder) read.csv(gzfile(file.path(folder, paste0(name, ".csv.gz"))))
ortho <- there("orthodont", "../mixed"); sleep <- there("sleepstudy", "../mixed")
eg <- there("egsingle12", "."); p <- there("panel", ".")
sleep$half <- ifelse(sleep$Days < 5, "early", "late")

cases <- list(
  orthodont_sex=list("orthodont", ortho, distance ~ age*Sex, ~1|Subject, "Sex", NULL, "(1 | Subject)"),
  orthodont_age=list("orthodont", ortho, distance ~ age*Sex, ~age|Subject, "Sex", NULL, "(1 + age | Subject)"),
  orthodont_time=list("orthodont", ortho, distance ~ age*Sex, ~1|Subject, NULL, c("age","Subject"), "(1 | Subject)"),
  sleepstudy_time=list("sleepstudy", sleep, Reaction ~ Days, ~1|Subject, NULL, c("Days","Subject"), "(1 | Subject)"),
  sleepstudy_half=list("sleepstudy", sleep, Reaction ~ Days, ~Days|Subject, "half", NULL, "(1 + Days | Subject)"),
  egsingle_wave=list("egsingle12", eg, math ~ year*lowinc + female, ~1|schoolid/childid, "wave", NULL, "(1 | schoolid) + (1 | childid)"),
  egsingle_time=list("egsingle12", eg, math ~ year*lowinc + female, ~1|schoolid/childid, NULL, c("year","schoolid/childid"), "(1 | schoolid) + (1 | childid)"),
  panel_wave=list("panel", p, y ~ time*arm, list(site=~1, resident=~1), "wave", NULL, "(1 | site) + (1 | resident)"),
  panel_time=list("panel", p, y ~ time*arm, list(site=~1, resident=~1), NULL, c("time","site/resident"), "(1 | site) + (1 | resident)"),
  panel_both=list("panel", p, y ~ time*arm, list(site=~1, resident=~1), "wave", c("time","site/resident"), "(1 | site) + (1 | resident)"))

tight <- lmeControl(maxIter=1000, msMaxIter=1000, msMaxEval=5000, niterEM=200, tolerance=1e-12, msTol=1e-14, msVerbose=FALSE)
fit_one <- function(case, method) {
  d <- case[[2]]
  weights <- if (is.null(case[[5]])) NULL else varIdent(form=as.formula(paste("~1|", case[[5]])))
  best <- NULL
  for (start in c(.2, .5, .8)) {
    corr <- if (is.null(case[[6]])) NULL else corCAR1(start, form=as.formula(paste("~", case[[6]][1], "|", case[[6]][2])))
    for (opt in c("nlminb", "optim")) {
      control <- tight; control$opt <- opt; control$optimMethod <- "BFGS"
      m <- tryCatch(suppressWarnings(do.call(lme, list(case[[3]], data=d, random=case[[4]], weights=weights, correlation=corr,
        method=method, control=control))), error=function(e) NULL)
      if (!is.null(m) && (is.null(best) || as.numeric(logLik(m)) > as.numeric(logLik(best)))) best <- m
    }
    if (is.null(case[[6]])) break
  }
  best }
said <- function(case, method) {
  m <- fit_one(case, method)
  out <- list(deviance=-2*as.numeric(logLik(m)), aic=AIC(m), fixef=as.list(fixef(m)), sigma=m$sigma,
    varcorr=lapply(as.matrix(m$modelStruct$reStruct), function(D) as.matrix(D)*m$sigma^2),
    fitted=as.numeric(head(fitted(m), 10)), fitted_marginal=as.numeric(head(fitted(m, level=0), 10)),
    pearson=as.numeric(head(residuals(m, type="pearson"), 10)), normalized=as.numeric(head(residuals(m, type="normalized"), 10)))
  if (method == "REML") out$se <- as.list(setNames(sqrt(diag(m$varFix)), names(fixef(m))))
  if (method == "REML" && case[[1]] %in% c("orthodont", "panel")) out$robust <- lapply(setNames(nm=c("CR0","CR1","CR2","CR3")),
    function(kind) { v <- vcovCR(m, cluster=case[[2]][[if (case[[1]] == "panel") "site" else "Subject"]], type=kind)
      t <- coef_test(m, vcov=v, test="Satterthwaite"); list(se=t$SE, df=t$df_Satt) })
  if (!is.null(case[[5]])) {
    w <- coef(m$modelStruct$varStruct, unconstrained=FALSE, allCoef=TRUE); out$sds <- as.list(w) }
  if (!is.null(case[[6]])) out$rho <- as.numeric(coef(m$modelStruct$corStruct, unconstrained=FALSE))
  cat(method, out$deviance, "\n"); out }
answers <- lapply(cases, function(case) { cat(case[[1]], ""); list(data=case[[1]],
  formula=paste(deparse(case[[3]]), "+", case[[7]]), variance_by=case[[5]], time=case[[6]][1],
  REML=said(case, "REML"), ML=said(case, "ML")) })
con <- gzfile("residual.json.gz", "w")
writeLines(toJSON(answers, digits=NA, auto_unbox=TRUE, null="null"), con); close(con)
