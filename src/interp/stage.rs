//! The life of a replica's interpreter as one enum and one transition function; pure.
//!
//! Written by the manager thread, read by all.

use std::sync::atomic::{AtomicU8, Ordering};

/// Where an interpreter stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    /// Asked for, not made yet.
    New,
    /// Made; its set-up and warm-up imports run.
    Booting,
    /// Serves requests.
    Ready,
    /// Replaced: finishes what it has begun, takes nothing new.
    Draining,
    /// Nobody may enter any more; its owners drop their thread states.
    Closing,
    /// Ended, or abandoned because something in it would not stop. Never touched again.
    Closed,
}

/// A transition that the life of an interpreter does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchStep {
    /// Where it stood.
    pub from: Stage,
    /// Where it should have gone.
    pub to: Stage,
}

impl Stage {
    const ALL: [Stage; 6] = [
        Stage::New,
        Stage::Booting,
        Stage::Ready,
        Stage::Draining,
        Stage::Closing,
        Stage::Closed,
    ];

    /// The only transition function: forwards one by one, except that set-up may fail (Booting → Closing) and that
    /// a late user sends a Closing interpreter back to Draining.
    ///
    /// # Errors
    /// [`NoSuchStep`] for any other pair.
    pub fn step(self, to: Stage) -> Result<Stage, NoSuchStep> {
        use Stage::{Booting, Closed, Closing, Draining, New, Ready};
        match (self, to) {
            (New, Booting)
            | (Booting, Ready | Closing)
            | (Ready, Draining)
            | (Draining, Closing)
            | (Closing, Draining | Closed) => Ok(to),
            (from, to) => Err(NoSuchStep { from, to }),
        }
    }

    /// Whether a thread may still enter.
    #[must_use]
    pub fn is_open(self) -> bool {
        self < Stage::Closing
    }
}

/// A stage that threads share.
#[derive(Debug)]
pub struct SharedStage(AtomicU8);

impl SharedStage {
    /// Starts as [`Stage::New`].
    #[must_use]
    pub fn new() -> Self {
        SharedStage(AtomicU8::new(Stage::New as u8))
    }

    /// Where it stands now. Sequentially consistent with [`SharedStage::step`]: see `interpreter::Pin`.
    #[must_use]
    pub fn get(&self) -> Stage {
        let number = usize::from(self.0.load(Ordering::SeqCst));
        Stage::ALL.get(number).copied().unwrap_or(Stage::Closed)
    }

    /// Take a step (manager and closer threads only, never two at once for one interpreter).
    ///
    /// # Errors
    /// [`NoSuchStep`]; nothing changes then.
    pub fn step(&self, to: Stage) -> Result<(), NoSuchStep> {
        let next = self.get().step(to)?;
        self.0.store(next as u8, Ordering::SeqCst);
        Ok(())
    }
}

impl Default for SharedStage {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_life() {
        let stage = SharedStage::new();
        for to in &Stage::ALL[1..] {
            stage.step(*to).unwrap();
            assert_eq!(stage.get(), *to);
        }
    }

    #[test]
    fn the_exact_set_of_steps() {
        let allowed: Vec<(Stage, Stage)> = Stage::ALL
            .into_iter()
            .flat_map(|from| Stage::ALL.into_iter().map(move |to| (from, to)))
            .filter(|(from, to)| from.step(*to).is_ok())
            .collect();
        use Stage::*;
        let expected = vec![
            (New, Booting),
            (Booting, Ready),
            (Booting, Closing),
            (Ready, Draining),
            (Draining, Closing),
            (Closing, Draining),
            (Closing, Closed),
        ];
        assert_eq!(allowed, expected);
    }

    #[test]
    fn a_refused_step_changes_nothing() {
        let stage = SharedStage::new();
        assert_eq!(
            stage.step(Stage::Ready),
            Err(NoSuchStep {
                from: Stage::New,
                to: Stage::Ready
            })
        );
        assert_eq!(stage.get(), Stage::New);
    }
}
