# Cronbach's alpha with Feldt's interval for the five scales of psych::bfi, complete rows.
# The data come with the R package psych (GPL >= 2). The values beside this script were computed with R 4.2 by the
# same steps; the script as it stands has not been run itself. Usage: Rscript make_reference.R
library(psych)
library(jsonlite)
reversed <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")
answers <- bfi[, 1:25]
describe_scale <- function(letter) {
  items <- paste0(letter, 1:5)
  complete <- na.omit(answers[, items])
  turned <- intersect(items, reversed)
  complete[, turned] <- 7 - complete[, turned]
  n <- nrow(complete)
  k <- length(items)
  a <- alpha(complete)$total$raw_alpha
  bounds <- 1 - (1 - a) * qf(c(.975, .025), n - 1, (n - 1) * (k - 1))
  list(items = items, reversed = turned, n_complete = n, alpha = a, feldt_ci95 = bounds)
}
scales <- c("A", "C", "E", "N", "O")
write_json(setNames(lapply(scales, describe_scale), scales), "reference.json", digits = 11, auto_unbox = TRUE)
write.csv(answers, "bfi.csv", row.names = FALSE, na = "")
