# Values of tests/stats/test_reliability.py, test_ranking_means.py, tests/practices/test_gaps_by_side.py
# and test_service_audit.py: Rscript market.R (R 4.2.2, survey 4.1)
options(digits = 15)
# Cronbach's alpha of marks of our own, with Feldt's interval
x <- rbind(c(4,5,3,4), c(2,3,2,3), c(5,4,4,5), c(3,3,2,2), c(4,4,5,3), c(1,2,2,1), c(3,4,3,4), c(5,5,4,4),
           c(2,1,3,2), c(4,3,4,5), c(3,2,1,3), c(4,5,4,2)); n <- nrow(x); k <- ncol(x)
a <- k / (k - 1) * (1 - sum(apply(x, 2, var)) / var(rowSums(x)))
print(c(a, 1 - (1 - a) * qf(c(.975, .025), n - 1, (n - 1) * (k - 1))))
for (j in 1:k) { r <- cor.test(x[, j], rowSums(x[, -j])); print(c(r$estimate, r$conf.int)) }
for (j in 1:k) { y <- x[, -j]; print((k - 1) / (k - 2) * (1 - sum(apply(y, 2, var)) / var(rowSums(y)))) }
print(1 - (1 - .83) * qf(c(.975, .025), 99, 99 * 19))
# Pairs of mean ranks: paired t tests, Holm
r <- rbind(c(1,2,3), c(1,3,2), c(2,1,3), c(1,2,3), c(1,3,2), c(1,2,3))
p <- c(t.test(r[,1], r[,2], paired = TRUE)$p.value, t.test(r[,1], r[,3], paired = TRUE)$p.value,
       t.test(r[,2], r[,3], paired = TRUE)$p.value)
print(p); print(p.adjust(p, "holm")); print(t.test(r[,1], r[,3], paired = TRUE)$conf.int)
# Hotelling's T2 of equal means
d <- r[, 1:2] - r[, 3]; m <- nrow(r)
T2 <- m * t(colMeans(d)) %*% solve(cov(d)) %*% colMeans(d); F <- (m - 2) / ((m - 1) * 2) * T2
print(c(F, 1 - pf(F, 2, m - 2)))
# A gap with clusters
library(survey)
g <- data.frame(client = c("a","a","b","c","c","c","d","e","f","f","g","h"),
  expected = c(9,8,7,9,9,8,10,6,8,9,7,8), perceived = c(7,7,7,6,8,6,8,7,6,7,6,8),
  importance = c(9,7,8,9,10,8,9,5,8,7,6,9), expected2 = c(6,7,8,6,7,7,8,9,6,6,7,8),
  perceived2 = c(7,8,8,7,7,8,8,8,7,8,7,7), importance2 = c(5,6,4,6,5,7,3,6,5,4,5,6))
g$gap <- g$perceived - g$expected
g$score <- (g$gap * g$importance + (g$perceived2 - g$expected2) * g$importance2) / (g$importance + g$importance2)
g$matters <- g$importance - (g$importance + g$importance2) / 2
s <- svydesign(~client, weights = ~1, data = g)
for (f in c(~gap, ~score, ~matters)) { q <- svymean(f, s); print(c(q, confint(q, df = degf(s)))) }
# Two views with clusters
v <- data.frame(view = rep(c("managers", "clients"), c(8, 12)), unit = c("A","A","B","B","C","C","D","E", paste0("c", g$client)),
  mark = c(4,5,4,4,3,5,4,4, 3,3,4,2,3,3,2,4,3,3,4,2))
s <- svydesign(~unit, weights = ~1, data = v)
b <- svyby(~mark, ~view, s, svymean, covmat = TRUE)
q <- svycontrast(b, c(-1, 1)); print(c(q, SE(q), degf(s)))
