# Newton's steps from the optimum of make_reference.R, on lme4's own criterion, with its gradient and Hessian by
# central differences. Writes tighter.json.gz.
# Run in this folder: Rscript make_tighter.R
suppressPackageStartupMessages({ library(lme4); library(jsonlite) })

gradient <- function(f, theta, h = 1e-3) {
  sapply(seq_along(theta), function(k) {
    e <- replace(numeric(length(theta)), k, h)
    (8 * (f(theta + e) - f(theta - e)) - (f(theta + 2 * e) - f(theta - 2 * e))) / (12 * h)
  })
}

hessian <- function(f, theta, h = 1e-3) {
  H <- sapply(seq_along(theta), function(k) {
    e <- replace(numeric(length(theta)), k, h)
    (gradient(f, theta + e) - gradient(f, theta - e)) / (2 * h)
  })
  (H + t(H)) / 2
}

tighter <- function(name) {
  known <- fromJSON(paste0(name, ".json"))
  data <- read.csv(gzfile(paste0(name, ".csv.gz")))
  for (column in names(known$factor_levels))
    data[[column]] <- factor(as.character(data[[column]]), levels = known$factor_levels[[column]])
  formula <- as.formula(known$formula)
  parsed <- lFormula(formula, data, REML = TRUE)
  f <- do.call(mkLmerDevfun, parsed)
  before <- theta <- unlist(known$tight$theta)
  H <- hessian(f, theta)
  for (step in 1:3) theta <- theta - solve(H, gradient(f, theta))
  value <- f(theta)
  fit <- mkMerMod(environment(f), list(par = theta, fval = value, conv = 0, message = ""), parsed$reTrms, parsed$fr)
  # The fit shares its state with f, so that it is asked before f is called again.
  fixed <- list(fixef = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))))
  c(list(formula = known$formula, theta = unname(theta), criterion = value,
         gradient_before = unname(gradient(f, before)), gradient = unname(gradient(f, theta))), fixed)
}

found <- list(insteval = tighter("insteval"), egsingle = tighter("egsingle"))
file <- gzfile("tighter.json.gz", "w")
write(toJSON(found, digits = 16, auto_unbox = TRUE, pretty = TRUE), file)
close(file)
