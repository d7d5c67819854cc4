# Golden values of tests/stats/test_survival_*.py: Rscript make.R, with survival 3.5 and cmprsk 2.2.
# Writes spells.csv (the data) and values.json (data -> call -> numbers) beside itself.
suppressPackageStartupMessages({library(survival); library(cmprsk)})
set.seed(20260712)

n <- 90
d <- data.frame(exit = sample(1:30, n, TRUE))
d$entry <- ifelse(runif(n) < .5, 0, floor(d$exit * runif(n)))
d$group <- sample(c("a", "b", "c"), n, TRUE, c(.45, .35, .2))
d$cause <- sample(0:3, n, TRUE, c(.3, .4, .25, .05))
d$cause[d$group == "b" & d$cause == 3] <- 0          # a rare cause, absent in group b
d$whole <- sample(1:3, n, TRUE)
d$part <- round(exp(rnorm(n, 0, .5)), 3)
d$x <- round(rnorm(n), 2)
d$z <- rbinom(n, 1, .4)
write.csv(d, "spells.csv", row.names = FALSE)
d <- read.csv("spells.csv")
d$id <- seq_len(n)
d$none <- 0                                           # without late entry: from 0
d$one <- 1
few <- d[d$entry > 0, ]                               # all enter late: small risk sets first
sets <- list(
  late = d, start = transform(d, entry = 0), whole = transform(d, one = whole),
  part = transform(d, one = part), two = d[d$group != "c", ], few = few,
  emptied = rbind(transform(d[d$exit > 8, ], entry = pmax(entry, 5)),   # nobody left at 2
                  transform(d[1:2, ], entry = 0, exit = 2, cause = 1, id = 91:92)))

values <- list()
put <- function(name, call, x) values[[name]][[call]] <<- unname(as.numeric(x))
for (name in names(sets)) {
  s <- sets[[name]]
  for (type in c("log", "log-log", "plain")) {
    f <- survfit(Surv(entry, exit, cause > 0) ~ 1, s, weights = one, conf.type = type)
    m <- summary(f, censored = TRUE)
    put(name, "summary(survfit(S ~ 1, weights = w), censored = TRUE)",
        with(m, cbind(time, n.risk, n.event, surv, std.err)))
    put(name, paste0("its lower and upper, conf.type = '", type, "'"), cbind(m$lower, m$upper))
    q <- quantile(f, c(.25, .5, .75))
    put(name, paste0("its quantile(, c(.25, .5, .75)), conf.type = '", type, "'"),
        cbind(q$quantile, q$lower, q$upper))
  }
  a <- survfit(Surv(entry, exit, factor(cause)) ~ 1, s, weights = one, id = id)
  put(name, "survfit(Surv(entry, exit, factor(cause)) ~ 1, weights = w, id = id)",
      cbind(a$time, a$pstate[, -1], a$std.err[, -1]))
  # R transforms the incidence F itself; we the share 1 - F that it did not end, as with one cause.
  ends <- survival:::survfit_confint(1 - a$pstate[, -1], a$std.err[, -1], FALSE, "log-log", .95)
  put(name, "1 - survival:::survfit_confint(1 - pstate, std.err, logse = FALSE, 'log-log', .95)",
      cbind(1 - ends$upper, 1 - ends$lower))
  if (name %in% c("late", "start", "two", "few", "emptied")) {
    f <- survfit(Surv(entry, exit, cause > 0) ~ 1, s)
    for (at in c(9, 12.5, 29))
      put(name, paste0("summary(survfit(S ~ 1), rmean = ", at, ")"),
          summary(f, rmean = at)$table[c("rmean", "se(rmean)")])
  }
}
exact <- coxph.control(iter.max = 0)
for (name in c("late", "two", "few"))                 # hypergeometric at ties, with late entry
  put(name, "coxph(S ~ group, ties = 'exact', iter.max = 0)$score",
      coxph(Surv(entry, exit, cause > 0) ~ group, sets[[name]], ties = "exact",
            control = exact)$score)
sets$short <- transform(sets$start, exit = ifelse(group == "c", pmin(exit, 6), exit),
                        cause = ifelse(group == "c", 1 + id %% 2, cause))   # c has left at 6
for (name in c("start", "two", "short")) {
  s <- sets[[name]]
  t <- survdiff(Surv(exit, cause > 0) ~ group, s)
  put(name, "survdiff(Surv(exit, cause > 0) ~ group)",
      c(t$chisq, length(t$n) - 1, pchisq(t$chisq, length(t$n) - 1, lower.tail = FALSE)))
  k <- cuminc(s$exit, s$cause, s$group)$Tests
  put(name, "cuminc(exit, cause, group)$Tests", k[, c("stat", "df", "pv")])
}

tight <- coxph.control(eps = 1e-15, iter.max = 50, toler.chol = 1e-16)
new <- data.frame(x = c(0, .5, -2), z = c(0, 1, 1))
for (name in c("late", "start", "two")) for (ties in c("efron", "breslow")) {
  s <- sets[[name]]
  f <- coxph(Surv(entry, exit, cause > 0) ~ x + z, s, ties = ties, control = tight)
  e <- coef(f); se <- sqrt(diag(vcov(f)))
  put(name, paste0("coxph(S ~ x + z, ties = '", ties, "')"),
      cbind(e, se, confint(f), summary(f)$coefficients[, 5]))
  put(name, paste0("summary(survfit(f, newdata), times = c(1, 3, 8.5, 15, 29))$surv, '", ties, "'"),
      t(summary(survfit(f, newdata = new), times = c(1, 3, 8.5, 15, 29))$surv))
  put(name, paste0("concordance(f), '", ties, "'"), concordance(f)$concordance)
  put(name, paste0("cox.zph(f)$table, '", ties, "'"), cox.zph(f)$table)
}

json <- function(x) gsub("NaN|NA", "null", paste(sprintf("%.17g", x), collapse = ", "))
lines <- unlist(lapply(names(values), function(name) c(
  paste0('  "', name, '": {'),
  paste0(vapply(names(values[[name]]), function(call)
    paste0('    "', call, '": [', json(values[[name]][[call]]), ']'), ""),
    c(rep(",", length(values[[name]]) - 1), "")),
  if (name == tail(names(values), 1)) "  }" else "  },")))
writeLines(c("{", lines, "}"), "values.json")
