//! What the machine is doing: how many processors are free, and how much processor time the process has taken.

use std::num::NonZero;
use std::time::Duration;

/// What else runs on the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Load {
    /// Processors of the machine.
    processors: usize,
    /// Threads that ran or waited for a processor, on average over the last minute.
    average: f64,
    /// Those that do so now, but for the one that asks.
    now: usize,
}

impl Load {
    /// Reads it from the system; nothing where it does not say (only Linux does).
    pub(super) fn read() -> Option<Self> {
        let average = std::fs::read_to_string("/proc/loadavg").ok()?;
        let online = std::fs::read_to_string("/sys/devices/system/cpu/online").ok()?;
        Self::parse(&average, &online)
    }

    fn parse(average: &str, online: &str) -> Option<Self> {
        let mut fields = average.split_ascii_whitespace();
        let minute = fields.next()?.parse().ok()?;
        let running: usize = fields.nth(2)?.split('/').next()?.parse().ok()?;
        let mut processors = 0;
        for range in online.trim().split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            processors += last.checked_sub(first)? + 1;
        }
        Some(Load { processors, average: minute, now: running.saturating_sub(1) })
    }

    /// Processors that others use. The average alone would count what this process did a moment ago, and the present
    /// alone what is over in a moment: only what both tell of counts.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, and clamped at zero")]
    fn used(&self) -> usize {
        (self.average.max(0.0).round() as usize).min(self.now)
    }
}

/// How many threads to scan with, of the `available` processors: as many as are free, at least one.
pub(super) fn free_processors(available: usize, load: Option<Load>) -> usize {
    let free = load.map_or(available, |load| load.processors.saturating_sub(load.used()));
    free.clamp(1, available.max(1))
}

/// The processors that this process may use: those of the machine, or fewer by its affinity or control group.
pub(super) fn available_processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Processor time of the whole process in user code and in the system.
#[cfg(unix)]
pub(super) fn processor_time() -> (Duration, Duration) {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;
    let duration = |time: TimeVal| {
        let seconds = u64::try_from(time.tv_sec()).unwrap_or(0);
        Duration::from_secs(seconds) + Duration::from_micros(u64::try_from(time.tv_usec()).unwrap_or(0))
    };
    getrusage(UsageWho::RUSAGE_SELF)
        .map_or_else(|_| Default::default(), |usage| (duration(usage.user_time()), duration(usage.system_time())))
}

/// Not known here.
#[cfg(not(unix))]
pub(super) fn processor_time() -> (Duration, Duration) {
    Default::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_under_load() {
        // Processors available, of the machine, average load, running now; workers.
        let cases = [
            (8, 8, 0.0, 0, 8),
            (8, 8, 2.6, 5, 5),
            (8, 8, 7.9, 0, 8), // it was the last batch
            (8, 8, 0.1, 6, 8), // it will be over
            (8, 8, 30.0, 30, 1),
            (2, 64, 30.0, 30, 2), // a small container on a large machine
            (2, 64, 63.2, 64, 1),
            (1, 1, 5.0, 5, 1),
        ];
        for (available, processors, average, now, workers) in cases {
            let load = Load { processors, average, now };
            assert_eq!(free_processors(available, Some(load)), workers, "{available} {load:?}");
        }
        assert_eq!(free_processors(6, None), 6);
        assert_eq!(free_processors(0, None), 1);
    }

    #[test]
    fn what_the_system_says() {
        let load = Load::parse("1.50 0.90 0.40 3/345 4711\n", "0-3,8,10-11\n").unwrap();
        assert_eq!(load, Load { processors: 7, average: 1.5, now: 2 });
        for (average, online) in
            [("", "0"), ("x 1 1 1/2 3", "0"), ("1 1 1 y/2 3", "0"), ("1 1 1 1/2 3", "3-1"), ("1 1", "0")]
        {
            assert_eq!(Load::parse(average, online), None, "{average:?} {online:?}");
        }
    }

    #[test]
    fn processor_time_goes_on() {
        let (user, system) = processor_time();
        let mut sum = 0_u64;
        while cfg!(unix) && processor_time().0 == user && processor_time().1 == system {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(processor_time().0 >= user);
    }
}
