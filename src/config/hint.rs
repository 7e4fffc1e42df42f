//! Hints for words that miss what was meant by a letter or two.
//!
//! Owns: the one phrase "did you mean". Pure; runs at configuration time. Must never change what is accepted.

/// ` (did you mean 'x'?)` for the candidate that is close to `word`, or nothing.
#[must_use]
pub(super) fn did_you_mean(word: &str, candidates: &[&str]) -> String {
    let distance = |candidate: &&&str| strsim::damerau_levenshtein(&word.to_lowercase(), candidate);
    match candidates.iter().min_by_key(distance) {
        Some(nearest) if distance(&nearest) <= 2 => format!(" (did you mean '{nearest}'?)"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_named_and_a_far_one_is_not() {
        assert_eq!(
            did_you_mean("Replica", &["gil", "replicas"]),
            " (did you mean 'replicas'?)"
        );
        assert_eq!(did_you_mean("workers", &["gil", "replicas"]), "");
    }
}
