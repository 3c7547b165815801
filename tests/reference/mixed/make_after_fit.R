# Makes after_fit.json.gz: adjusted means, their differences, contrasts, comparisons of nested fits, predictions.
# Rscript make_after_fit.R     (lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, R 4.2.2)
suppressMessages({library(lmerTest); library(pbkrtest); library(jsonlite)})
tight <- lmerControl(optimizer="bobyqa", calc.derivs=FALSE, optCtrl=list(rhoend=1e-9, maxfun=1e5))
read <- function(name) { a <- fromJSON(paste0(name, ".json"), simplifyVector=TRUE)
  d <- read.csv(gzfile(paste0(name, ".csv.gz")))
  for (k in names(a$factor_levels)) d[[k]] <- factor(as.character(d[[k]]), levels=a$factor_levels[[k]])
  list(d=d, f=as.formula(a$formula)) }
table <- function(x) { x <- as.data.frame(x); list(label=rownames(x), estimate=x$Estimate, se=x[["Std. Error"]], df=x$df,
  low=x$lower, high=x$upper, p=x[["Pr(>|t|)"]]) }
ham <- read("ham"); m <- lmer(ham$f, ham$d, control=tight)
ort <- read("orthodont"); o <- lmer(ort$f, ort$d, control=tight)
slp <- read("sleepstudy"); a <- lmer(Reaction ~ Days + (1|Subject), slp$d, control=tight)
b <- lmer(Reaction ~ Days + (Days|Subject), slp$d, control=tight)
u <- lmer(Reaction ~ Days + (Days||Subject), slp$d, control=tight)
n <- lmer(Reaction ~ 1 + (Days|Subject), slp$d, control=tight)
lrt <- function(x, y, refit) { t <- suppressMessages(anova(x, y, refit=refit)); list(aic=t$AIC, bic=t$BIC, loglik=t$logLik, statistic=t$Chisq[2], df=t$Df[2], p=t[["Pr(>Chisq)"]][2]) }
L <- rbind(c(0,1,0,0), c(0,1,0,1)); both <- contestMD(o, L, ddf="Kenward-Roger")
each <- contest(o, L, joint=FALSE, ddf="Kenward-Roger", confint=TRUE)
se <- function(m) { r <- ranef(m, condVar=TRUE)[[1]]; v <- attr(r, "postVar"); list(level=rownames(r), se=t(apply(v, 3, function(x) sqrt(diag(x))))) }
new <- data.frame(Days=c(0, 4.5, 20), Subject=c("308", "999", "372"))
out <- list(
  means=table(ls_means(m, ddf="Kenward-Roger")), differences=table(ls_means(m, pairwise=TRUE, ddf="Kenward-Roger")),
  numbers=table(ls_means(o, ddf="Kenward-Roger")),
  contrasts=list(estimate=each$Estimate, se=each[["Std. Error"]], df=each$df, low=each$lower, high=each$upper, p=each[["Pr(>|t|)"]]),
  joint=list(statistic=both[["F value"]], num_df=both$NumDF, df=both$DenDF, p=both[["Pr(>F)"]]),
  slope=lrt(a, b, FALSE), correlation=lrt(u, b, FALSE), fixed=lrt(n, b, TRUE), uncorrelated_crit=lme4::REMLcrit(u),
  ranef=se(b), predict=list(conditional=predict(b, new, allow.new.levels=TRUE), population=predict(b, new, re.form=NA)))
con <- gzfile("after_fit.json.gz","w"); writeLines(toJSON(out, digits=NA, auto_unbox=TRUE, pretty=TRUE), con); close(con)
