# R 4.2.2, survival 3.5-3, cmprsk 2.2-11; run in this folder: Rscript make.R > values.csv
# clients.csv is invented: spells with late entry, records of 2020 to 2023.
suppressMessages({library(survival); library(cmprsk)})
f <- read.csv("clients.csv", colClasses = "character", na.strings = "")
day <- function(x) as.numeric(as.Date(x))
opens <- day("2020-01-01"); last <- day("2023-12-31")
start <- day(f$started_on); end <- ifelse(is.na(f$ended_on), last, day(f$ended_on))
left <- !is.na(f$ended_on)
exit <- end - start
entry <- pmax(opens - start, 0)
# Seen on one day only: that day.
exit <- pmax(exit, 1); entry <- pmin(entry, exit - 1)
why <- ifelse(!left, "", ifelse(is.na(f$end_reason), "unknown", f$end_reason))
month <- 30.4375
at <- c(1, 3, 6, 12, 24, 36)
say <- function(what, group, month, ...) cat(what, group, month, sprintf("%.10f", c(...)), sep = ",", "\n")
cat("what,group,month,estimate,low,high,\n")

km <- survfit(Surv(entry, exit, left) ~ 1, conf.type = "log-log")
s <- summary(km, times = at * month, extend = TRUE)
for (i in seq_along(at)) say("survival", "", at[i], s$surv[i], s$lower[i], s$upper[i])

by <- survfit(Surv(entry, exit, left) ~ f$industry, conf.type = "log-log")
for (g in c("bank", "shop")) {
  one <- survfit(Surv(entry[f$industry == g], exit[f$industry == g], left[f$industry == g]) ~ 1,
                 conf.type = "log-log")
  s <- summary(one, times = 12 * month, extend = TRUE)
  say("by", g, 12, s$surv, s$lower, s$upper)
}
r <- survival:::survmean(km, rmean = 36 * month)[[1]]
say("rmean", "", 36, r[["rmean"]] / month, r[["se(rmean)"]] / month, NA)
q <- quantile(km, 0.5)
say("median", "", 0, q$quantile / month, q$lower / month, q$upper / month)

aj <- survfit(Surv(entry, exit, factor(why, levels = c("", sort(setdiff(unique(why), ""))))) ~ 1,
              id = seq_along(exit), conf.type = "log-log")
s <- summary(aj, times = at * month, extend = TRUE)
for (k in 2:ncol(s$pstate)) for (i in seq_along(at))
  say("incidence", aj$states[k], at[i], s$pstate[i, k], s$lower[i, k], s$upper[i, k])

# Without late entry, as cmprsk has none: the spells that began inside of the records.
new <- entry == 0
ci <- cuminc(exit[new], why[new], cencode = "")
t <- timepoints(ci, at[1:5] * month)$est
for (k in rownames(t)) for (i in 1:5)
  say("cuminc", sub("^1 ", "", k), at[i], t[k, i], NA, NA)

# Log-rank with late entry: the score test of Cox without ties at any event time.
c1 <- coxph(Surv(entry, exit, left) ~ f$industry, ties = "exact")
say("score", "", 0, c1$score, NA, NA)
