# Means of sites by wave with a free covariance over waves, by nlme::gls, REML.
# Rscript make_cell_means.R   (writes cell_means.csv and cell_means.json)
library(nlme)
library(jsonlite)
set.seed(20)
people <- 90
site <- sample(c("A", "B", "C"), people, TRUE, c(.5, .3, .2))
y <- matrix(rnorm(people, 50, 8), people, 4) + matrix(rnorm(people * 4, 0, 6), people) +
  outer(rnorm(people), 0:3) * 2
for (wave in 2:4) y[(y[, wave - 1] < 45 & runif(people) < .5) | is.na(y[, wave - 1]), wave] <- NA
y[81:90, 1] <- NA                                        # newcomers of the second wave
y[81:90, 2] <- rnorm(10, 52, 9)
long <- data.frame(respondent = rep(1:people, 4), site = rep(site, 4), wave = rep(1:4, each = people),
                   y = round(as.numeric(y), 3))
long <- long[!is.na(long$y), ]
long <- long[order(long$respondent, long$wave), ]
write.csv(long, "cell_means.csv", row.names = FALSE)
fit <- gls(y ~ 0 + interaction(site, wave), data = long, method = "REML",
           correlation = corSymm(form = ~ wave | respondent), weights = varIdent(form = ~ 1 | wave),
           control = glsControl(tolerance = 1e-12, msTol = 1e-14, maxIter = 500, msMaxIter = 5000, opt = "optim",
                                optimMethod = "BFGS"))
cells <- expand.grid(site = c("A", "B", "C"), wave = 1:4)
full <- as.character(long$respondent[long$respondent %in% names(which(table(long$respondent) == 4))][1])
out <- list(site = cells$site, wave = cells$wave, means = as.numeric(coef(fit)),
            std_errors = sqrt(diag(vcov(fit))), covariance = unclass(getVarCov(fit, individual = full)),
            log_likelihood = as.numeric(logLik(fit)))
cat(toJSON(out, digits = 12, auto_unbox = TRUE, pretty = TRUE), file = "cell_means.json")
