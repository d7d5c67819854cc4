# Golden values of tests/stats/test_design.py: Rscript make.R, with R's package survey.
# Writes answers.csv (the data) and values.json (call -> numbers) beside itself.
suppressPackageStartupMessages(library(survey))
set.seed(20260615)

sizes <- sample(1:5, 34, replace = TRUE)
agency <- rep(seq_along(sizes), sizes)
stratum <- c("big", "middle", "small")[1 + (agency > 10) + (agency > 22)]
n <- length(agency)
mood <- rnorm(34)[agency]
d <- data.frame(
  agency = paste0("a", agency), stratum = stratum,
  agencies_in_all = c(big = 25, middle = 60, small = 200)[stratum],
  people_in_all = c(big = 80, middle = 150, small = 420)[stratum],
  weight = round(exp(rnorm(n, 0, .5)), 4),
  hours = round(20 + 5 * mood + rnorm(n, 0, 6), 2),
  clients = 1 + rpois(n, 4),
  score = pmin(10, pmax(0, round(7.5 + mood + rnorm(n, 0, 2)))),
  calls = as.integer(mood + rnorm(n) > 0),
  visits = as.integer(.5 * mood + rnorm(n) > .5),
  rare = as.integer(rnorm(n) > 1.7),
  role = sample(c("account", "project", "sales"), n, TRUE, c(.5, .3, .2)),
  city = sample(c("Kazan", "Moscow"), n, TRUE, c(.4, .6)))
d$hours[sample(n, 7)] <- NA
d$role[d$calls == 1 & d$role == "sales"] <- "project"   # an empty cell
d$city_some <- ifelse(seq_len(n) %% 9 == 0, NA, d$city)
d$lead <- seq_len(n) %% 3 != 0                           # a domain
write.csv(d, "answers.csv", row.names = FALSE, na = "")
d <- read.csv("answers.csv", na.strings = "")

designs <- list(
  plain = svydesign(ids = ~1, weights = rep(1, n), data = d),
  weighted = svydesign(ids = ~1, weights = ~weight, data = d),
  strata = svydesign(ids = ~1, weights = ~weight, strata = ~stratum, data = d),
  clusters = svydesign(ids = ~agency, weights = ~weight, data = d),
  both = svydesign(ids = ~agency, weights = ~weight, strata = ~stratum, data = d),
  fpc = svydesign(ids = ~1, strata = ~stratum, fpc = ~people_in_all, data = d),
  fpc_clusters = svydesign(ids = ~agency, strata = ~stratum, weights = ~weight,
                           fpc = ~agencies_in_all, data = d))

est <- function(s, df) c(coef(s)[1], SE(s)[1], as.vector(confint(s, df = df))[1:2], df)
prop <- function(formula, d, method) {
  p <- svyciprop(formula, d, method = method)
  c(p[1], SE(p)[1], confint(p)[1:2], degf(d))
}
test <- function(f, d) {
  s <- suppressWarnings(svychisq(f, d, statistic = "F"))
  c(s$statistic, s$parameter, s$p.value)
}
values <- list()
put <- function(design, call, x) values[[design]][[call]] <<- unname(as.numeric(x))
for (name in names(designs)) {
  s <- designs[[name]]
  here <- subset(s, lead)
  put(name, "degf(d)", degf(s))
  known <- subset(s, !is.na(hours))
  put(name, "svymean(~hours, d, na.rm = TRUE)",
      est(svymean(~hours, s, na.rm = TRUE), degf(known)))
  put(name, "svymean(~clients, subset(d, lead))", est(svymean(~clients, here), degf(here)))
  put(name, "svytotal(~clients, d)", est(svytotal(~clients, s), degf(s)))
  put(name, "svytotal(~clients, subset(d, lead))", est(svytotal(~clients, here), degf(here)))
  put(name, "svyratio(~score, ~clients, d)", {
    r <- svyratio(~score, ~clients, s)
    e <- c(coef(r), SE(r)); c(e, e[1] + c(-1, 1) * qt(.975, degf(s)) * e[2], degf(s))
  })
  for (method in c("logit", "beta")) {
    put(name, paste0("svyciprop(~calls, d, method = '", method, "')"), prop(~calls, s, method))
    put(name, paste0("svyciprop(~rare, subset(d, lead), method = '", method, "')"),
        prop(~rare, here, method))
  }
  by <- svyby(~clients, ~city, s, svymean, covmat = TRUE)
  put(name, "svycontrast(svyby(~clients, ~city, d, svymean, covmat = TRUE), c(-1, 1))",
      est(svycontrast(by, c(-1, 1)), degf(s)))
  t <- svyttest(clients ~ city, s)
  put(name, "svyttest(clients ~ city, d): statistic", t$statistic)
  gap <- svycontrast(svymean(~calls + visits, s), c(1, -1))
  put(name, "svycontrast(svymean(~calls + visits, d), c(1, -1))", est(gap, degf(s)))
  put(name, "vcov(svymean(~calls + visits + clients, d))",
      vcov(svymean(~calls + visits + clients, s)))
  s <- update(s, side = (score >= 9) - (score <= 6))
  put(name, "svymean(~side, d)", est(svymean(~side, s), degf(s)))
  put(name, "svychisq(~calls + role, d, statistic = 'F')", test(~calls + role, s))
  put(name, "svychisq(~role + city, subset(d, lead), statistic = 'F')",
      test(~role + city, subset(s, lead)))
  put(name, "svychisq(~role + city_some, subset(d, !is.na(city_some)), statistic = 'F')",
      test(~role + city_some, subset(s, !is.na(city_some))))
}

# Raking: weights of rake() to two margins, and the standard errors that know it.
base <- svydesign(ids = ~1, weights = rep(1, n), data = d)
raked <- rake(base, list(~city, ~stratum),
              list(data.frame(city = c("Kazan", "Moscow"), Freq = c(.5, .5) * n),
                   data.frame(stratum = c("big", "middle", "small"), Freq = c(.2, .35, .45) * n)),
              control = list(maxit = 200, epsilon = 1e-12))
d$raked <- weights(raked)
fixed <- svydesign(ids = ~1, weights = ~raked, data = d)
values$raked <- list()
put("raked", "weights(rake(base, list(~city, ~stratum), ...))", weights(raked))
put("raked", "SE(svymean(~clients, raked))", SE(svymean(~clients, raked)))
put("raked", "SE(svymean(~clients, subset(raked, lead)))",
    SE(svymean(~clients, subset(raked, lead))))
put("raked", "SE(svymean(~clients, fixed))", SE(svymean(~clients, fixed)))
put("raked", "SE(svymean(~score, raked)), SE(svymean(~calls, raked))",
    c(SE(svymean(~score, raked)), SE(svymean(~calls, raked))))
u <- d$clients - coef(svymean(~clients, fixed))
r <- resid(lm(u ~ city + stratum, data = d, weights = raked))
put("raked", "lm(..., weights = raked): projected with the final weights",
    sqrt(n / (n - 1) * sum((d$raked * r)^2)) / sum(d$raked))

json <- function(x) paste(sprintf("%.17g", x), collapse = ", ")
lines <- unlist(lapply(names(values), function(design) c(
  paste0('  "', design, '": {'),
  paste0(vapply(names(values[[design]]), function(call)
    paste0('    "', call, '": [', json(values[[design]][[call]]), ']'), ""),
    c(rep(",", length(values[[design]]) - 1), "")),
  if (design == tail(names(values), 1)) "  }" else "  },")))
writeLines(c("{", lines, "}"), "values.json")
