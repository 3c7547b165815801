"""Mixed models of categories, one random intercept a group, by adaptive Gauss-Hermite quadrature."""
