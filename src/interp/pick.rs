//! Which replica serves a request; pure.
//!
//! A thread has a home replica (its number modulo the count) and leaves it only when the home is busy and another
//! replica is idle, or when the home is full: pinning keeps caches warm and GIL hand-overs rare.

/// Pick a replica: `load(i)` is how many sessions replica `i` serves or has waiting, `full` the number at which one
/// admits no more (`None` = never).
pub fn pick(home: usize, count: usize, full: Option<u32>, load: impl Fn(usize) -> u32) -> usize {
    if count <= 1 {
        return 0;
    }
    let home = home % count;
    let at_home = load(home);
    if at_home == 0 {
        return home;
    }
    let others = (1..count).map(|step| (home + step) % count);
    match others.map(|i| (load(i), i)).min_by_key(|(load, _)| *load) {
        Some((0, idle)) => idle,
        Some((least, other)) if full.is_some_and(|full| at_home >= full && least < at_home) => other,
        _ => home,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(home: usize, full: Option<u32>, loads: &[u32]) -> usize {
        pick(home, loads.len(), full, |i| loads[i])
    }

    #[test]
    fn one_replica_is_the_only_choice() {
        assert_eq!(with(7, None, &[9]), 0);
    }

    #[test]
    fn an_idle_home_is_taken() {
        assert_eq!(with(1, None, &[0, 0, 0]), 1);
        assert_eq!(with(4, None, &[3, 0, 3]), 1);
    }

    #[test]
    fn a_busy_home_gives_way_to_an_idle_neighbour() {
        assert_eq!(with(0, None, &[1, 0]), 1);
        assert_eq!(with(2, None, &[5, 0, 1]), 1);
    }

    #[test]
    fn among_busy_ones_the_home_stays() {
        assert_eq!(with(0, None, &[5, 1]), 0);
    }

    #[test]
    fn a_full_home_gives_way_to_the_least_loaded() {
        assert_eq!(with(0, Some(4), &[4, 3, 1]), 2);
        assert_eq!(with(0, Some(4), &[4, 4, 4]), 0);
    }
}
