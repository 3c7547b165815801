# Writes holm.json beside this script: Rscript tests/reference/multiplicity/make_reference.R
# p.adjust of base R's package stats; a missing value is left out of the count.
library(jsonlite)
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
set.seed(8)
cases <- list(
  few = c(0.012, 0.04, 0.03),
  ties = c(0.02, 0.02, 0.9, 0.01, 0.01),
  missing = c(0.004, NA, 0.2, 0.049, NA, 0.01),
  one = 0.03,
  many = round(rbeta(24, 0.4, 2), 8)
)
found <- lapply(cases, function(p) list(p_values = p, adjusted = p.adjust(p, "holm")))
write(toJSON(list(version = R.version.string, cases = found), digits = NA, na = "null", auto_unbox = FALSE),
  file.path(folder, "holm.json"))
