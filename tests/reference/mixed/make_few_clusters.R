# Makes few_clusters.json.gz: Kenward-Roger at singular optima with six districts, and CR2 of least squares.
# Rscript make_few_clusters.R     (lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, clubSandwich 0.5.8, R 4.2.2)
# Data: mlmRev::Socatt (six districts, attitude to abortion, before and after 1985), clubSandwich::MortalityRates.
suppressMessages({library(lmerTest); library(pbkrtest); library(clubSandwich); library(jsonlite)})
tight <- lmerControl(optimizer="bobyqa", calc.derivs=FALSE, optCtrl=list(rhoend=1e-9, maxfun=1e5))
d <- read.csv(gzfile("few_clusters_socatt6.csv.gz")); d$respond <- factor(d$respond); d$district <- factor(d$district)
kr <- function(f) { m <- suppressMessages(lmer(f, d, control=tight)); x <- as.data.frame(coef(summary(m, ddf="Kenward-Roger")))
  list(formula=deparse(f), REMLcrit=lme4::REMLcrit(m), estimate=x[[1]], se=x[[2]], df=x[[3]]) }
q <- read.csv(gzfile("mortality.csv.gz"))
m <- lm(mrate ~ 0 + legal + beertaxa + factor(state) + factor(year), q)
ct <- as.data.frame(coef_test(m, vcov="CR2", cluster=q$state))[1:2,]
out <- list(intercept=kr(y ~ post*tr + (1|respond:district) + (1|district)), slope=kr(y ~ post*tr + (1|respond:district) + (post|district)),
  mortality=list(estimate=ct$beta, se=ct$SE, df=ct$df_Satt))
con <- gzfile("few_clusters.json.gz","w"); writeLines(toJSON(out, digits=NA, auto_unbox=TRUE, pretty=TRUE), con); close(con)
