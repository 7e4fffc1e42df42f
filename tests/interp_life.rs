//! Groups, replicas and generations in a real Python: built once, entered, swapped, ended.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]
#![allow(unused, reason = "the shared helpers are not all used here")]

mod interp;

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use interp::{EVENTS, ask, events_with, request, run, start, until};
use mod_python::interp::{Gil, GroupSpec, Held, Session, detach, thread as here};
use mod_python::py::Exception;

fn spec_of(name: &str) -> GroupSpec {
    let gil = match name {
        n if n.starts_with("shared") => Gil::Shared,
        n if n.starts_with("main") => Gil::Main,
        n if n.starts_with("auto") => Gil::Auto,
        _ => Gil::Own,
    };
    let replicas = if name.ends_with("twice") { 2 } else { 1 };
    let max_threads = (name == "narrow").then_some((1, Duration::from_millis(50)));
    GroupSpec {
        gil,
        replicas,
        max_threads,
        ..GroupSpec::default()
    }
}

/// One process, one Python: the scenarios run one after another.
#[test]
fn the_life_of_groups() {
    let registry = start(spec_of);
    each_name_has_its_own_interpreter(registry);
    a_group_is_built_once(registry);
    a_broken_group_harms_no_other(registry);
    thread_locals_survive_between_requests(registry);
    sessions_nest(registry);
    references_are_dropped_in_their_interpreter(registry);
    references_are_followed_in_their_interpreter_only(registry);
    two_replicas_share_the_work(registry);
    a_full_gate_turns_away(registry);
    auto_falls_back_to_main_once(registry);
    a_swap_while_requests_run(registry);
    a_thread_that_will_not_stop_is_abandoned(registry);
    registry.stop(Duration::from_secs(5));
    assert!(
        registry.group("late").bind().is_err(),
        "nothing new after the stop"
    );
}

type Registry = &'static mod_python::interp::Registry;

fn each_name_has_its_own_interpreter(registry: Registry) {
    let ids: std::collections::HashSet<u64> = ["a", "b", "shared-c", "main-d"]
        .into_iter()
        .map(|name| {
            assert_eq!(request(registry, name, "NAME"), name);
            registry.group(name).bind().unwrap().replica().interp().id()
        })
        .collect();
    assert_eq!(ids.len(), 4);
}

fn a_group_is_built_once(registry: Registry) {
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                request(registry, "once", "NAME");
            });
        }
    });
    assert_eq!(events_with("Ready { name: \"once\""), 1);
}

fn a_broken_group_harms_no_other(registry: Registry) {
    for _ in 0..2 {
        let error = registry.group("broken").bind().unwrap_err();
        assert_eq!(error.to_string(), "broken on purpose");
    }
    assert_eq!(
        events_with("Failed { name: \"broken\""),
        2,
        "each request tries anew"
    );
    assert_eq!(request(registry, "a", "NAME"), "a");
}

fn thread_locals_survive_between_requests(registry: Registry) {
    let binding = registry.group("a").bind().unwrap();
    run(
        &binding.enter().unwrap(),
        "LOCAL = threading.local(); LOCAL.value = 42",
    );
    assert_eq!(ask(&binding, "LOCAL.value"), "42");
    let elsewhere = thread::spawn(move || request(registry, "a", "hasattr(LOCAL, 'value')"))
        .join()
        .unwrap();
    assert_eq!(elsewhere, "False");
}

fn sessions_nest(registry: Registry) {
    let (a, b) = (
        registry.group("a").bind().unwrap(),
        registry.group("b").bind().unwrap(),
    );
    let outer = a.enter().unwrap();
    assert_eq!(ask(&a, "NAME"), "a", "the same one again");
    assert_eq!(ask(&b, "NAME"), "b", "another one inside");
    assert_eq!(interp::eval(outer.py(), "NAME").unwrap(), "a", "and back");
    let inside_detached = detach(outer.py(), || ask(&a, "NAME") + &ask(&b, "NAME"));
    assert_eq!(inside_detached, "ab");
    assert_eq!(interp::eval(outer.py(), "NAME").unwrap(), "a");
}

fn references_are_dropped_in_their_interpreter(registry: Registry) {
    let binding = registry.group("a").bind().unwrap();
    let held = {
        let inside = binding.enter().unwrap();
        run(
            &inside,
            "class Seen:\n    alive = 0\n    def __init__(s): Seen.alive += 1\n    def __del__(s): Seen.alive -= 1",
        );
        let seen = inside
            .py()
            .import(c"__main__")
            .unwrap()
            .borrow()
            .attr(inside.py(), c"Seen")
            .unwrap();
        Held::new(
            seen.borrow().call0(inside.py()).unwrap(),
            binding.replica().interp(),
        )
    };
    assert_eq!(ask(&binding, "Seen.alive"), "1");
    thread::spawn(move || drop(held)).join().unwrap();
    assert_eq!(ask(&binding, "Seen.alive"), "0", "dropped at the next session");
}

fn references_are_followed_in_their_interpreter_only(registry: Registry) {
    let (here, there) = (
        registry.group("held").bind().unwrap(),
        registry.group("b").bind().unwrap(),
    );
    let session = here.enter().unwrap();
    let held = Held::new(session.py().dict().unwrap(), here.replica().interp());
    assert!(held.get(session.py()).is_ok());
    let other = there.enter().unwrap();
    let raised = held.get(other.py()).unwrap_err();
    let error = Exception::take(other.py(), raised).summary(other.py());
    assert!(error.contains("is wanted in another one"), "{error}");
}

fn two_replicas_share_the_work(registry: Registry) {
    let barrier = Barrier::new(2);
    let seen: std::collections::HashSet<String> = thread::scope(|scope| {
        let ask = || {
            let binding = registry.group("twice").bind().unwrap();
            let inside = binding.enter().unwrap();
            detach(inside.py(), || barrier.wait());
            interp::eval(inside.py(), "REPLICA").unwrap()
        };
        let first = scope.spawn(ask);
        until("the first one is inside", || {
            registry
                .group("twice")
                .current()
                .is_some_and(|g| g.replicas().iter().any(|r| r.active() > 0))
        });
        let second = scope.spawn(ask);
        [first.join().unwrap(), second.join().unwrap()].into()
    });
    assert_eq!(seen.len(), 2, "a busy replica gives way to an idle one: {seen:?}");
}

fn a_full_gate_turns_away(registry: Registry) {
    let binding = registry.group("narrow").bind().unwrap();
    let _inside = binding.enter().unwrap();
    let refused = thread::spawn(move || {
        let binding = registry.group("narrow").bind().unwrap();
        binding.enter().map(drop).unwrap_err()
    });
    assert_eq!(
        refused.join().unwrap(),
        mod_python::interp::group::EnterError::QueueTimeout
    );
}

fn auto_falls_back_to_main_once(registry: Registry) {
    assert_eq!(request(registry, "auto-x", "NAME"), "auto-x");
    let refused = registry
        .group("auto-x")
        .fall_back_to_main()
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("'main-d'") && refused.contains("PythonInterpreterOptions auto-x gil=main"),
        "{refused}"
    );
    assert_eq!(
        request(registry, "auto-x", "NAME"),
        "auto-x",
        "the former generation serves on"
    );
    assert!(registry.group("a").fall_back_to_main().is_err(), "not auto");
}

fn a_swap_while_requests_run(registry: Registry) {
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    here::visit();
                    assert_eq!(request(registry, "swapped-twice", "NAME"), "swapped-twice");
                }
            });
        }
        for _ in 0..5 {
            registry.group("swapped-twice").swap().unwrap();
        }
        until("ten replicas ended", || {
            events_with("Ended { name: \"swapped-twice\"") >= 8
        });
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(events_with("Abandoned { name: \"swapped-twice\""), 0);
}

fn a_thread_that_will_not_stop_is_abandoned(registry: Registry) {
    let binding = registry.group("stuck").bind().unwrap();
    run(
        &binding.enter().unwrap(),
        "import _thread, time\n_thread.start_new_thread(lambda: [time.sleep(0.01) for _ in iter(int, 1)], ())",
    );
    drop(binding);
    registry.group("stuck").swap().unwrap();
    here::visit();
    until("the old one is abandoned", || {
        here::visit();
        events_with("Abandoned { name: \"stuck\"") == 1
    });
    assert_eq!(request(registry, "stuck", "NAME"), "stuck");
}
