//! Points in time: read from an argument, shown as UTC and as people say it.

use std::time::{SystemTime, UNIX_EPOCH};

use idjag::UnixTime;

use crate::report::Trouble;

const DAY: u64 = 86_400;

/// The present: `stated`, or the clock's.
pub(crate) fn now(stated: Option<u64>) -> Result<UnixTime, Trouble> {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs());
    let seconds = match stated {
        Some(seconds) => seconds,
        None => clock().map_err(|_| Trouble::new("the clock of this machine is before 1970"))?,
    };
    UnixTime::now(seconds).map_err(|error| Trouble::new(error.to_string()))
}

/// A point in time as an argument: seconds since 1970, or `2026-11-23T15:04:05Z`.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse() {
        return if seconds <= UnixTime::NOW_LIMIT {
            Ok(seconds)
        } else {
            Err(String::from("this is not in seconds"))
        };
    }
    utc(text)
        .ok_or_else(|| String::from("seconds since 1970, or UTC as in 2026-11-23T15:04:05Z, is expected"))
}

/// A span as an argument: seconds, or a number followed by `s`, `m`, `h` or `d`.
pub(crate) fn parse_span(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.char_indices().next_back() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3600),
        Some((at, 'd')) => (&text[..at], DAY),
        _ => (text, 1),
    };
    let count: Option<u64> = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let span = count.and_then(|count| count.checked_mul(factor)).filter(|span| *span <= UnixTime::NOW_LIMIT);
    span.ok_or_else(|| String::from("seconds, or a number with s, m, h or d, is expected"))
}

fn utc(text: &str) -> Option<u64> {
    let text = text.strip_suffix('Z')?;
    let (date, time) = text.split_once('T')?;
    let number = |text: &str, digits: usize| {
        let exact = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        exact.then(|| text.parse::<u64>().ok()).flatten()
    };
    let mut date = date.split('-');
    let (year, month, day) = (number(date.next()?, 4)?, number(date.next()?, 2)?, number(date.next()?, 2)?);
    let mut time = time.split(':');
    let (hour, minute, second) =
        (number(time.next()?, 2)?, number(time.next()?, 2)?, number(time.next()?, 2)?);
    let whole = date.next().is_none() && time.next().is_none();
    if !whole || year < 1970 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_of(year, month, day);
    // A day that there is not, such as February 30, comes back as another one.
    (date_of(days) == (year, month, day)).then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

/// Days since 1970-01-01, for years that begin in March: the leap day is the last one.
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    if !(1..=12).contains(&month) || day == 0 {
        return u64::MAX / (2 * DAY);
    }
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let shifted_month = (month + 9) % 12;
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let before = shifted_year * 365 + shifted_year / 4 - shifted_year / 100 + shifted_year / 400;
    before + of_year - 719_468
}

fn date_of(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// UTC, as in `2026-11-23T15:04:05Z`.
pub(crate) fn to_utc(seconds: u64) -> String {
    let (year, month, day) = date_of(seconds.min(UnixTime::NOW_LIMIT) / DAY);
    let of_day = seconds.min(UnixTime::NOW_LIMIT) % DAY;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// How a point in time lies to now: `in 5 minutes`, `2 hours ago`.
pub(crate) fn relative(seconds: u64, now: u64) -> String {
    match seconds.cmp(&now) {
        core::cmp::Ordering::Equal => String::from("now"),
        core::cmp::Ordering::Greater => format!("in {}", span(seconds - now)),
        core::cmp::Ordering::Less => format!("{} ago", span(now - seconds)),
    }
}

/// A span as people say it, in its two greatest units.
pub(crate) fn span(seconds: u64) -> String {
    let units = [(DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let said = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    let Some(first) = units.iter().position(|(size, _)| seconds >= *size) else { return said(0, "second") };
    let (size, unit) = units[first];
    let rest = units.get(first + 1).map(|(next, unit)| (seconds % size / next, *unit));
    match rest {
        Some((count, next)) if count > 0 => format!("{} {}", said(seconds / size, unit), said(count, next)),
        _ => said(seconds / size, unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_there_and_back() {
        let known = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_800_000_000, "2027-01-15T08:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, text) in known {
            assert_eq!(to_utc(seconds), text);
            assert_eq!(parse(text), Ok(seconds));
        }
        for seconds in (0..8_000_000_000).step_by(86_400 * 17 + 4_321) {
            assert_eq!(parse(&to_utc(seconds)), Ok(seconds));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "-1",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "1969-12-31T23:59:59Z",
            "1800000000000",
            "2026-01-01T+1:00:00Z",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans() {
        assert_eq!(
            ["90", "90s", "5m", "2h", "3d"].map(|text| parse_span(text).unwrap()),
            [90, 90, 300, 7200, 259_200]
        );
        for text in ["", "m", "-1", "+1", "1w", "1.5h", "99999999999d", "5 m"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
        assert_eq!(span(0), "0 seconds");
        assert_eq!(span(3_660), "1 hour 1 minute");
        assert_eq!(span(86_460), "1 day");
        assert_eq!(relative(10, 70), "1 minute ago");
        assert_eq!(relative(70, 10), "in 1 minute");
    }
}
