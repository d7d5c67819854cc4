# R 4.2.2, survey 4.1-1; run in this folder: Rscript survey.R
library(survey)
f <- read.csv("managers.csv")
f$sales <- as.numeric(grepl("salesperson", f$ways))
f$know <- f$knowledge_actual

# Pairs of role models with weights and agencies as clusters.
d <- svydesign(~agency, weights = ~weight, data = f)
for (p in list(c("agency", "production"), c("agency", "three_roles"), c("production", "three_roles"))) {
  s <- subset(d, role_model %in% p)
  for (v in c("sales", "know")) {
    t <- svyttest(as.formula(paste0(v, " ~ I(role_model == '", p[2], "')")), s)
    cat(p, v, format(unname(t$estimate), digits = 9), t$parameter, format(t$p.value, digits = 9), "\n")
  }
}

# Raked to two margins; every manager drawn alone.
r <- rake(svydesign(~1, data = f, weights = ~rep(1, 180)), list(~size, ~region), list(
  data.frame(size = c("s1_10", "s11_30", "s31_80", "s81"), Freq = 180 * c(.3, .3, .25, .15)),
  data.frame(region = c("moscow", "petersburg", "million", "elsewhere"), Freq = 180 * c(.4, .2, .3, .1))),
  control = list(maxit = 500, epsilon = 1e-12, verbose = FALSE))
w <- weights(r)
cat("weights", format(range(w), digits = 9), format(w[c(1, 60, 180)], digits = 9), "\n")
m <- svymean(~sales + know, r)
cat("means", format(coef(m), digits = 9), format(SE(m), digits = 9), "\n")

# Small tables of tests/practices/test_crosstabs.py and test_toplines.py.
options(digits = 9)
cat(t.test(c(1, 2, 3, 4, 10))$conf.int, "\n")
k <- c(30, 18, 16)
p <- sapply(list(c(1, 2), c(1, 3), c(2, 3)),
            function(i) prop.test(k[i], c(40, 40), correct = FALSE)$p.value)
cat(p, p.adjust(p, "holm"), "\n")
cat(fisher.test(matrix(c(18, 2, 5, 7), 2))$p.value, "\n")
cat(t.test(c(3, 4, 5, 6, 5, 4, 3, 5, 6, 4), c(5, 7, 8, 9, 6, 5, 9, 8, 7, 6))$p.value, "\n")
cat(prop.test(c(30, 52), c(100, 100), correct = FALSE)$p.value, "\n")

# Raked, and weights alone: pairs of role models (margins are known to the variance).
options(digits = 12)
f$nps <- (f$know >= 9) - (f$know <= 6)
r <- rake(svydesign(~1, data = f, weights = ~rep(1, 180)), list(~size, ~region), list(
  data.frame(size = c("s1_10", "s11_30", "s31_80", "s81"), Freq = 180 * c(.3, .3, .25, .15)),
  data.frame(region = c("moscow", "petersburg", "million", "elsewhere"), Freq = 180 * c(.4, .2, .3, .1))),
  control = list(maxit = 500, epsilon = 1e-12, verbose = FALSE))
alone <- svydesign(~1, weights = ~weight, data = f)
for (design in list(r, alone)) for (v in c("sales", "know")) {
  for (p in list(c("agency", "production"), c("agency", "three_roles"), c("production", "three_roles"))) {
    t <- svyttest(as.formula(paste0(v, " ~ I(role_model == '", p[2], "')")), subset(design, role_model %in% p))
    cat(p, v, format(unname(t$estimate), digits = 12), format(t$p.value, digits = 12), "\n")
  }
}

# Those who tick one way against those who tick another: groups that overlap.
f$expand <- as.numeric(grepl("expand", f$ways)); f$team <- as.numeric(grepl("team_lead", f$ways))
f$ke <- f$expand * f$know; f$kt <- f$team * f$know
d <- svydesign(~agency, weights = ~weight, data = f)
gap <- svycontrast(svytotal(~ke + expand + kt + team, d), quote(kt / team - ke / expand))
cat("overlap", coef(gap), SE(gap), "\n")

# Toplines with weights and clusters.
cat("sales", confint(svyciprop(~sales, d, method = "logit", df = degf(d))), "\n")
m <- svymean(~know + nps, d)
cat("means", coef(m), SE(m), confint(m, df = degf(d)), "\n")
print(svychisq(~role_model + sales, d, statistic = "F"), digits = 12)

# The weighted median and Woodruff's interval.
f$x <- round(f$know + (seq_len(180) %% 7) / 7, 4)
d <- svydesign(~agency, weights = ~weight, data = f)
for (v in c("x", "know"))
  cat("median", v, svyquantile(as.formula(paste0("~", v)), d, 0.5, ci = TRUE, qrule = "hf2")[[1]], "\n")
