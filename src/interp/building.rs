//! How the builds of a group went: who waits for which, and when a failed one is tried again.
//!
//! Guarded by the group's lock, which is held for a few instructions only. Must never wait itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::group::BindError;

/// So many builds of a name may fail one after the other before a pause is made.
const FAILURES_AT_ONCE: u32 = 3;
/// How long the reason of a failed build is answered at most before the next one is tried.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Who builds, and how the last build went.
#[derive(Debug, Default)]
pub(super) struct Building {
    pub(super) asked: bool,
    pub(super) builds: u64,
    pub(super) failure: Option<Arc<str>>,
    /// How many builds have failed in a row, and until when the last one's reason is answered without another try.
    failures: u32,
    retry_at: Option<Instant>,
}

impl Building {
    /// A build is over: it failed for that reason, or it serves.
    pub(super) fn note(&mut self, failure: Option<&Arc<str>>) {
        self.asked = false;
        self.builds += 1;
        self.failure = failure.cloned();
        self.failures = failure.map_or(0, |_| self.failures.saturating_add(1));
        self.retry_at = failure.map(|_| Instant::now() + pause(self.failures));
    }

    /// Why no build is tried now.
    pub(super) fn refusal(&self) -> Option<BindError> {
        let waits = self.retry_at.is_some_and(|at| Instant::now() < at);
        self.failure.clone().filter(|_| waits).map(BindError::Build)
    }
}

/// After so many failures in a row: an interpreter that cannot be set up costs as much as one that can, and before 3.14
/// some of its memory for good, so a name that stays broken is not tried for each of its requests.
fn pause(failures: u32) -> Duration {
    match failures.checked_sub(FAILURES_AT_ONCE) {
        None | Some(0) => Duration::ZERO,
        Some(more) => Duration::from_secs(1 << more.min(4)).min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stays_broken_is_tried_less_and_less() {
        let pauses: Vec<u64> = (0..9).map(|failures| pause(failures).as_secs()).collect();
        assert_eq!(pauses, [0, 0, 0, 0, 2, 4, 8, 10, 10]);
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let (mut building, reason) = (Building::default(), Arc::from("broken"));
        for _ in 0..FAILURES_AT_ONCE {
            building.note(Some(&reason));
            assert_eq!(building.refusal(), None);
        }
        building.note(Some(&reason));
        assert_eq!(building.refusal(), Some(BindError::Build(reason)));
        building.note(None);
        assert_eq!(building.refusal(), None);
    }
}
