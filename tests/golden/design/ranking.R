# Golden values of tests/stats/test_ranking.py: Rscript ranking.R
options(digits = 15)
plain <- matrix(c(1,2,3,4, 1,3,2,4, 2,1,4,3, 1,2,4,3, 1,4,2,3, 2,1,3,4), ncol = 4, byrow = TRUE)
ties <- matrix(c(5,4,4,1, 3,3,3,3, 5,5,2,1, 4,5,1,1, 2,4,3,3), ncol = 4, byrow = TRUE)
for (x in list(plain, ties)) {
  t <- friedman.test(x)
  print(c(t$statistic, t$parameter, p = t$p.value))
}
