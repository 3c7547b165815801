# Makes reference.json here: tests of one number a site by base R and clubSandwich, every assignment and every sign
# refitted one by one.  Rscript make_reference.R     (R 4.2.2, clubSandwich 0.5.8)
suppressMessages({library(clubSandwich); library(jsonlite)})
set.seed(20261123)

# Sites of a case: changes, arm, a covariate, a weight (inverse variance), a block.
sites <- function(arm, block = rep(1, length(arm))) {
  n <- length(arm)
  data.frame(change = round(rnorm(n, 2 * arm, 3), 2), arm = arm, share = round(runif(n), 2),
             weight = round(runif(n, .3, 3), 2), block = block)
}
fitted <- function(d, covariate, weighted) {
  f <- if (covariate) change ~ arm + share else change ~ arm
  if (weighted) lm(f, d, weights = weight) else lm(f, d)
}
t_of <- function(fit) summary(fit)$coefficients["arm", "t value"]
TIE <- 1 - 1e-9

# All assignments with as many treated sites in every block.
assignments <- function(d) {
  rows <- expand.grid(rep(list(0:1), nrow(d)))
  wanted <- tapply(d$arm, d$block, sum)
  as.matrix(rows[apply(rows, 1, function(a) all(tapply(a, d$block, sum) == wanted)), ])
}
permuted <- function(d, covariate, weighted, all, statistic = t_of) {
  sizes <- apply(all, 1, function(a) { e <- d; e$arm <- a; abs(statistic(fitted(e, covariate, weighted))) })
  mean(sizes >= abs(statistic(fitted(d, covariate, weighted))) * TIE)
}
shifted <- function(d, by) { d$change <- d$change - by * d$arm; d }
# Limits of the values that a test does not reject, by halving outward from the estimate.
limit <- function(p_value, estimate, side, alpha, unit) {
  inside <- 0; outside <- unit
  while (p_value(estimate + side * outside) > alpha && outside < 1e6) { inside <- outside; outside <- 2 * outside }
  if (outside >= 1e6) return(NA)
  for (turn in 1:40) {
    middle <- (inside + outside) / 2
    if (p_value(estimate + side * middle) <= alpha + 1e-12) outside <- middle else inside <- middle
  }
  estimate + side * (inside + outside) / 2
}

# t with the variance that lets rows differ, without small-sample factor (it cancels).
robust_t <- function(fit, null = 0) {
  V <- vcovCR(fit, cluster = seq_along(residuals(fit)), type = "CR0")
  (coef(fit)[["arm"]] - null) / sqrt(V["arm", "arm"])
}
wild <- function(d, covariate, weighted, null = 0) {
  e <- shifted(d, null)
  f <- if (covariate) change ~ share else change ~ 1
  under <- if (weighted) lm(f, e, weights = weight) else lm(f, e)
  signs <- as.matrix(expand.grid(rep(list(c(1, -1)), nrow(d))))
  sizes <- apply(signs, 1, function(s) {
    star <- e; star$change <- fitted.values(under) + s * residuals(under)
    abs(robust_t(fitted(star, covariate, weighted)))
  })
  mean(sizes >= abs(robust_t(fitted(e, covariate, weighted))) * TIE)
}

case <- function(name, d, limits = FALSE, signs = FALSE) {
  all <- assignments(d)
  fits <- list()
  for (covariate in c(FALSE, TRUE)) for (weighted in c(FALSE, TRUE)) {
    fit <- fitted(d, covariate, weighted)
    V <- if (weighted) vcovCR(fit, cluster = seq_len(nrow(d)), type = "CR2", inverse_var = TRUE)
         else vcovCR(fit, cluster = seq_len(nrow(d)), type = "CR2")
    robust <- coef_test(fit, vcov = V, test = "Satterthwaite")["arm", ]
    found <- list(covariate = covariate, weighted = weighted, estimate = coef(fit)[["arm"]], t = t_of(fit),
                  cr2 = list(SE = robust$SE, df = robust$df, p = robust$p_Satt),
                  permutation_p = permuted(d, covariate, weighted, all))
    p_value <- function(null) permuted(shifted(d, null), covariate, weighted, all)
    if (limits) found$permutation_interval <- sapply(c(-1, 1), function(side)
      limit(p_value, found$estimate, side, .1, 1))
    if (limits) found$difference_p <- permuted(d, covariate, weighted, all, function(fit) coef(fit)[["arm"]])
    if (signs) {
      found$wild_p <- wild(d, covariate, weighted)
      found$wild_p_at <- list(null = 1.5, p = wild(d, covariate, weighted, 1.5))
    }
    fits <- c(fits, list(found))
  }
  student <- t.test(change ~ I(1 - arm), d, var.equal = TRUE)
  welch <- t.test(change ~ I(1 - arm), d)
  plain <- function(test) list(df = test$parameter[[1]], p = test$p.value, low = test$conf.int[1],
                               high = test$conf.int[2])
  list(name = name, sites = as.list(d), assignments = nrow(all), fits = fits, student = plain(student),
       welch = plain(welch))
}
cases <- list(
  case("three_against_three", sites(rep(1:0, each = 3)), signs = TRUE),
  case("two_against_four", sites(c(1, 0, 1, 0, 0, 0)), signs = TRUE),
  case("four_against_four", sites(rep(1:0, 4)), limits = TRUE),
  case("five_pairs", sites(rep(1:0, 5), rep(1:5, each = 2)), limits = TRUE),
  case("two_strata", sites(c(1, 1, 0, 0, 1, 0, 0), c("a", "a", "a", "a", "b", "b", "b")))
)
versions <- list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")))
write(toJSON(list(cases = cases, versions = versions), digits = NA, auto_unbox = TRUE, pretty = 1), "reference.json")
