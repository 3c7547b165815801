# Makes reference.json here: what R says of influence, spread, time shape, standardised changes and
# equivalence.  Rscript make_reference.R   (in this folder; reads ../mixed/sleepstudy.csv.gz and egsingle too)
suppressMessages({library(lme4); library(pbkrtest); library(car); library(metafor); library(jsonlite)})

tight <- function(formula, data) lmer(formula, data, control = lmerControl(optimizer = "bobyqa",
  calc.derivs = FALSE, optCtrl = list(rhobeg = .02, rhoend = 1e-9, maxfun = 1e5)))

# lme4's influence() refits with its own control; each case is refitted tightly here, by its formulas.
influence_of <- function(fit, data, group) {
  levels <- levels(data[[group]])
  whole <- fixef(fit); V <- as.matrix(vcov(fit))
  found <- lapply(levels, function(level) {
    again <- tight(formula(fit), droplevels(data[as.character(data[[group]]) != level, ]))
    moved <- whole - fixef(again)
    list(level = level, fixef = unname(fixef(again)), cook = c(moved %*% solve(V, moved)) / length(moved),
         dfbetas = unname(moved / sqrt(diag(as.matrix(vcov(again))))))
  })
  its_own <- cooks.distance(influence(fit, group))
  list(levels = levels, cook = sapply(found, `[[`, "cook"), lme4_cook = as.numeric(its_own),
       fixef = t(sapply(found, `[[`, "fixef")), dfbetas = t(sapply(found, `[[`, "dfbetas")))
}

sleep <- read.csv(gzfile("../mixed/sleepstudy.csv.gz")); sleep$Subject <- factor(sleep$Subject)
fit <- tight(Reaction ~ Days + (Days | Subject), sleep)
subjects <- influence_of(fit, sleep, "Subject")

school <- read.csv(gzfile("../mixed/egsingle.csv.gz"))
school <- school[school$schoolid %in% sort(unique(school$schoolid))[1:8], ]
school$schoolid <- factor(school$schoolid); school$childid <- factor(school$childid)
fit8 <- tight(math ~ year + (1 | childid) + (1 | schoolid), school)
schools <- influence_of(fit8, school, "schoolid")

# Brown and Forsythe with people as units: each one's mean distance from the median of the school.
r <- residuals(fit8)
apart <- abs(r - ave(r, school$schoolid, FUN = median))
person <- aggregate(apart, list(child = school$childid, school = school$schoolid), mean)
table <- anova(lm(x ~ school, person))
spread <- list(statistic = table[1, "F value"], df1 = table[1, "Df"], df2 = table[2, "Df"],
  p = table[1, "Pr(>F)"], sd = unname(tapply(r, school$schoolid, sd)), levels = levels(school$schoolid))
# Where each person has one answer it is Levene's test round the median, as car has it.
one <- school[!duplicated(school$childid), ]
levene <- leveneTest(math ~ schoolid, one, center = median)
spread$one_each <- list(statistic = levene[1, "F value"], p = levene[1, "Pr(>F)"])

waves <- tight(Reaction ~ factor(Days) + (Days | Subject), sleep)
line <- tight(Reaction ~ Days + (Days | Subject), sleep)
kr <- KRmodcomp(waves, line)$stats
shape <- list(statistic = kr$Fstat, df1 = kr$ndf, df2 = kr$ddf, p = kr$p.value)

sai <- read.csv(gzfile("sai.csv.gz"))
n <- nrow(sai); r12 <- cor(sai$first, sai$last)
# metafor divides by the standard deviation of its first time, and takes the first less the second.
moments <- list(m1i = mean(sai$first), m2i = mean(sai$last), sd1i = sd(sai$first), sd2i = sd(sai$last), ni = n, ri = r12)
sizes <- lapply(c(d_z = "SMCC", glass = "SMCRH"), function(measure) {
  found <- do.call(escalc, c(list(measure = measure, vtype = "LS"), moments))
  list(corrected = -c(found$yi), variance_corrected = c(found$vi))
})
test <- function(sign, side) t.test(sai$last - sai$first, mu = sign * .25, alternative = side)$p.value
tost <- list(band = .25, above = test(-1, "greater"), below = test(1, "less"),
  interval90 = as.numeric(t.test(sai$last - sai$first, conf.level = .9)$conf.int),
  error = sd(sai$last - sai$first) / sqrt(n), estimate = mean(sai$last - sai$first), df = n - 1)

write_json(list(subjects = subjects, schools = schools, spread = spread, shape = shape, sizes = sizes, tost = tost,
  versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
    pbkrtest = as.character(packageVersion("pbkrtest")), car = as.character(packageVersion("car")),
    metafor = as.character(packageVersion("metafor")))),
  "reference.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
