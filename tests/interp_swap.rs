//! Swapping generations of a real application again and again while requests run: nothing crashes, nothing is lost.
//!
//! `MOD_PYTHON_TEST_SWAPS` says how often (20 unless told), `MOD_PYTHON_TEST_PACKAGES` where Flask lies (else the
//! application is the standard library alone), `MOD_PYTHON_TEST_ALLOCATOR` which allocator is tried. Prints the growth
//! of memory, which decides nothing here: `perf/README.md` says how it is measured.

#![allow(clippy::unwrap_used, reason = "a test that meets an error has failed")]
#![allow(unused, reason = "the shared helpers are not all used here")]

mod interp;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use interp::{EVENTS, ask, events_with, request, start_with, until};
use mod_python::interp::{GroupSpec, thread as here};
use mod_python::py::init::{Allocator, Settings};

/// What the application imports, and one request to it.
const APPLICATION: &str = "
import sys
packages = PACKAGES
sys.path[:0] = [packages] if packages else []
import datetime, decimal, hashlib, http.client, asyncio, json, logging, email.message
if sys.version_info >= (3, 13):
    import sqlite3, ssl, zoneinfo
if packages:
    import flask
    app = flask.Flask('app')
    app.add_url_rule('/', 'index', lambda: str(decimal.Decimal(1) / 3))
    client = app.test_client()
def answer():
    asyncio.run(asyncio.sleep(0))
    text = hashlib.sha256(datetime.datetime.now().isoformat().encode()).hexdigest()
    return client.get('/').text if packages else text
answer()
";

fn packages() -> String {
    std::env::var("MOD_PYTHON_TEST_PACKAGES").unwrap_or_default()
}

fn spec_of(_: &str) -> GroupSpec {
    GroupSpec {
        imports: vec![APPLICATION.replace("PACKAGES", &format!("{:?}", packages()))],
        ..GroupSpec::default()
    }
}

fn settings() -> Settings {
    let allocator = match std::env::var("MOD_PYTHON_TEST_ALLOCATOR").as_deref() {
        Ok("malloc") => Allocator::Malloc,
        Ok("mimalloc") => Allocator::Mimalloc,
        Ok("pymalloc") => Allocator::Pymalloc,
        _ => Allocator::Best,
    };
    Settings {
        allocator,
        ..Settings::default()
    }
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Lets the request threads go, also when the test fails.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn swaps_while_requests_run() {
    let swaps: usize = std::env::var("MOD_PYTHON_TEST_SWAPS").map_or(20, |n| n.parse().unwrap());
    let registry = start_with(settings(), spec_of);
    request(registry, "app", "answer()");
    let (stop, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    here::visit();
                    assert!(request(registry, "app", "answer()").len() > 3);
                    answered.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(2));
                }
                here::drop_all();
            });
        }
        let _stop = StopOnDrop(&stop);
        let mut sizes = Vec::new();
        for swap in 0..swaps {
            registry.group("app").swap().unwrap();
            until("the former generation has ended", || {
                events_with("Ended { name: \"app\"") > swap
            });
            sizes.push(resident_kib());
        }
        tell(&sizes, answered.load(Ordering::Relaxed));
    });
    assert_eq!(events_with("Abandoned"), 0);
    assert!(
        answered.load(Ordering::Relaxed) > swaps,
        "requests ran all the while"
    );
    registry.stop(Duration::from_secs(10));
}

#[allow(clippy::print_stdout, reason = "figures for whoever runs this by hand")]
fn tell(sizes: &[usize], answered: usize) {
    let settled = &sizes[sizes.len() / 5..];
    let growth = (settled[settled.len() - 1] as f64 - settled[0] as f64) / (settled.len().max(2) - 1) as f64;
    println!(
        "{} swaps, {answered} requests, {} KiB at the end, {growth:.0} KiB more with each swap",
        sizes.len(),
        sizes[sizes.len() - 1]
    );
}
