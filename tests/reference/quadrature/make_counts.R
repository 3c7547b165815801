# Poisson regression with clubSandwich's CR3, for tests/models/engines/test_counts.py.
# Run in this folder: Rscript make_counts.R. Needs clubSandwich, jsonlite, lme4 (for its grouse ticks).
suppressMessages({library(lme4); library(clubSandwich); library(jsonlite)})
data(grouseticks)
ticks <- grouseticks[, c("TICKS", "YEAR", "HEIGHT", "BROOD", "LOCATION")]
file <- gzfile("ticks.csv.gz", "w")
write.csv(ticks, file, row.names = FALSE)
close(file)
ticks$high <- (ticks$HEIGHT - 460) / 100
fit <- glm(TICKS ~ YEAR + high, data = ticks, family = poisson)
errors <- function(cluster) sqrt(diag(vcovCR(fit, cluster = ticks[[cluster]], type = "CR3")))
answers <- list(terms = names(coef(fit)), estimate = coef(fit), location = errors("LOCATION"),
                clusters = length(unique(ticks$LOCATION)),
                versions = list(clubSandwich = as.character(packageVersion("clubSandwich"))))
write(toJSON(answers, digits = 12, auto_unbox = TRUE, pretty = TRUE), "counts.json")
