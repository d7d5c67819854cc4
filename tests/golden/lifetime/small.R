# R 4.2.2, survival 3.5-3; run in this folder: Rscript small.R > small_values.csv
# small.csv is made by hand: the cases in which risk sets go wrong. Records of 2024.
suppressMessages(library(survival))
day <- function(x) as.numeric(as.Date(x))
opens <- day("2024-01-01"); last <- day("2024-12-31"); month <- 30.4375
all <- read.csv("small.csv", colClasses = "character", na.strings = "")
say <- function(...) cat(..., sep = ",", "\n")
cat("base,reason,month,estimate,low,high,\n")
options(digits = 15)
for (name in unique(all$base)) {
  f <- all[all$base == name, ]
  start <- day(f$started_on); left <- !is.na(f$ended_on)
  exit <- ifelse(left, day(f$ended_on), last) - start
  entry <- pmax(opens - start, 0)
  # Seen on one day only: that day.
  exit <- pmax(exit, 1); entry <- pmin(entry, exit - 1)
  km <- survfit(Surv(entry, exit, left) ~ 1, conf.type = "log-log")
  s <- summary(km, times = (1:12) * month, extend = TRUE)
  for (i in 1:12) say(name, "", i, s$surv[i], s$lower[i], s$upper[i])
  why <- ifelse(!left, "", ifelse(is.na(f$end_reason), "unknown", f$end_reason))
  causes <- sort(setdiff(unique(why), ""))
  aj <- survfit(Surv(entry, exit, factor(why, levels = c("", causes))) ~ 1, id = seq_along(exit),
                conf.type = "log-log")
  s <- summary(aj, times = (1:12) * month, extend = TRUE)
  for (k in which(aj$states %in% causes)) for (i in 1:12)
    say(name, aj$states[k], i, s$pstate[i, k], s$lower[i, k], s$upper[i, k])
}
