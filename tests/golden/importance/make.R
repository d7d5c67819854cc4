# Golden values of tests/stats/test_importance.py: Rscript make.R > values.txt
# relaimpo is not needed: R-squared of every subset is lm()'s, the shares are its mean gains.
options(digits = 12)
share <- function(y, x, w) {
  k <- ncol(x); r2 <- numeric(2^k)
  for (s in 1:(2^k - 1)) {
    inside <- which(bitwAnd(s, 2^(0:(k - 1))) > 0)
    r2[s + 1] <- summary(lm(y ~ ., data = data.frame(y = y, x[, inside, drop = FALSE]), weights = w))$r.squared
  }
  sapply(1:k, function(j) {
    without <- Filter(function(s) bitwAnd(s, 2^(j - 1)) == 0, 0:(2^k - 1))
    size <- sapply(without, function(s) sum(bitwAnd(s, 2^(0:(k - 1))) > 0))
    sum((r2[without + 2^(j - 1) + 1] - r2[without + 1]) / (k * choose(k - 1, size)))
  })
}
johnson <- function(y, x) {
  e <- eigen(cor(x)); root <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
  beta <- solve(root, cor(x, y)); drop(root^2 %*% beta^2)
}
x <- swiss[, -1]; y <- swiss$Fertility
cat("cor(swiss)\n"); print(unname(cor(swiss)), digits = 15)
cat("swiss lmg\n"); print(share(y, x, rep(1, 47)))
cat("swiss johnson\n"); print(johnson(y, x))
# Eight rows of our own, with weights.
d <- data.frame(a = c(0,1,0,1,1,0,1,0), b = c(0,0,1,1,1,0,1,1), c = c(3,5,2,8,7,1,9,4))
y <- c(2,4,3,9,6,1,8,5); w <- c(1,2,1,1,3,1,2,1)
cat("own lmg\n"); print(share(y, d, rep(1, 8)))
cat("own lmg weighted\n"); print(share(y, d, w))
cat("own johnson\n"); print(johnson(y, d))
