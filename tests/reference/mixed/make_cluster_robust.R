# Makes cluster_robust.json.gz: clubSandwich's covariances and Satterthwaite df for unbalanced lmer fits.
# Rscript make_cluster_robust.R     (clubSandwich 0.5.8, lme4 1.1-31, R 4.2.2), in the folder of the data sets.
suppressMessages({library(lme4); library(clubSandwich); library(jsonlite)})
tight <- lmerControl(optimizer="bobyqa", calc.derivs=FALSE, optCtrl=list(rhobeg=.02, rhoend=1e-10, maxfun=1e5))
answers <- function(m, cluster) {
  out <- list()
  for (type in c("CR0","CR1","CR1S","CR2","CR3")) {
    V <- vcovCR(m, cluster=cluster, type=type)
    ct <- as.data.frame(coef_test(m, vcov=V, cluster=cluster, test="Satterthwaite"))
    out[[type]] <- list(se=ct$SE, df=ct$df_Satt, vcov=unname(as.matrix(V)))
  }
  out
}
d <- read.csv(gzfile("egsingle.csv.gz")); d$female <- factor(d$female); d$childid <- factor(d$childid); d$schoolid <- factor(d$schoolid)
m <- lmer(math ~ year*lowinc + female + (1+year|childid) + (1|schoolid), d, control=tight)
s <- read.csv(gzfile("sleepstudy.csv.gz")); s$Subject <- factor(s$Subject)
s <- s[-c(3,14,15,40,77,78,79,120,121,150,177),]
n <- lmer(Reaction ~ Days + (Days|Subject), s, control=tight)
write_json(list(egsingle_by_school=answers(m, d$schoolid), sleepstudy_by_subject=c(answers(n, s$Subject), list(left_out=c(3,14,15,40,77,78,79,120,121,150,177))),
  versions=list(R=R.version.string, clubSandwich=as.character(packageVersion("clubSandwich")), lme4=as.character(packageVersion("lme4")))),
  "cluster_robust.json.gz.tmp", digits=NA, auto_unbox=TRUE, pretty=TRUE)
con <- gzfile("cluster_robust.json.gz","w"); writeLines(readLines("cluster_robust.json.gz.tmp"), con); close(con); unlink("cluster_robust.json.gz.tmp")
