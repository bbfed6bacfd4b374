//! Time: the one place where the command line reads the clock, and days, times and zones as people write them.

use chrono::{Days, Local, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;

use crate::error::{CliError, Done};

/// Milliseconds since 1970 on this device's clock.
#[allow(clippy::disallowed_methods, reason = "the command line is where the clock enters; everything below takes time as an argument")]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// Today, where this device is.
pub fn today() -> NaiveDate {
    Local.timestamp_millis_opt(now()).single().map_or(NaiveDate::MIN, |t| t.date_naive())
}

/// A calendar day as the documents keep it: `2031-03-09`, `today`, `tomorrow`, or `none` (which clears it and is empty).
///
/// # Errors
/// What a day looks like.
pub fn day(text: &str) -> Result<String, String> {
    let day = match text {
        "none" => return Ok(String::new()),
        "today" => today(),
        "tomorrow" => today().checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX),
        _ => NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "a day looks like 2031-03-09, today, tomorrow or none".to_owned())?,
    };
    Ok(day.format("%Y-%m-%d").to_string())
}

/// A time of day, `14:00`.
///
/// # Errors
/// What a time looks like.
pub fn hour(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "a time looks like 14:00".to_owned())
}

/// A time zone's name.
///
/// # Errors
/// What a zone looks like.
pub fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "a zone looks like Africa/Nairobi or Europe/Berlin".to_owned())
}

/// This device's time zone.
///
/// # Errors
/// When it cannot be told; then it has to be named.
pub fn local_zone() -> Done<Tz> {
    let named = std::env::var("TZ").ok().and_then(|z| z.trim_start_matches(':').parse().ok());
    named
        .or_else(|| iana_time_zone::get_timezone().ok().and_then(|z| z.parse().ok()))
        .ok_or_else(|| CliError::Usage("this device does not say its time zone; name it with --zone".into()))
}

/// A day and a time in a zone as an instant, in milliseconds since 1970.
///
/// # Errors
/// [`CliError::Usage`] for a time that the zone's clocks skip.
pub fn instant(day: &str, time: NaiveTime, zone: Tz) -> Done<i64> {
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").map_err(|_| CliError::Usage("a time needs a day: add --date".into()))?;
    // Where clocks are set back an hour comes twice; the first is meant.
    let at = zone.from_local_datetime(&day.and_time(time)).earliest();
    at.map(|t| t.timestamp_millis()).ok_or_else(|| CliError::Usage("clocks skip that time on that day; name another".into()))
}

#[cfg(test)]
mod tests {
    use super::{day, hour, instant, zone};

    #[test]
    fn days_times_and_zones() {
        assert_eq!(day("2031-02-28").unwrap(), "2031-02-28");
        assert_eq!(day("none").unwrap(), "");
        assert!(day("2031-02-29").is_err() && day("9.3.2031").is_err() && hour("25:00").is_err() && zone("Moon/Base").is_err());
        let at = |d, t, z| instant(d, hour(t).unwrap(), zone(z).unwrap());
        assert_eq!(at("2031-03-03", "14:00", "Africa/Nairobi").unwrap(), at("2031-03-03", "11:00", "UTC").unwrap());
        assert!(at("2030-03-31", "02:30", "Europe/Berlin").is_err(), "clocks skip it");
        assert!(at("2030-10-27", "02:30", "Europe/Berlin").is_ok(), "it comes twice");
    }
}
