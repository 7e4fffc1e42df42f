//! Looking up a name among few and among many: the cost must not grow.

use criterion::{BenchmarkId, Criterion};

mod python;

fn lookup(c: &mut Criterion) {
    let registry = python::start();
    let mut benches = c.benchmark_group("lookup");
    for count in [1, 1_000] {
        let known: Vec<_> = (0..count).map(|n| registry.group(&format!("name-{n}"))).collect();
        assert_eq!(registry.groups().len(), known.len());
        benches.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| registry.group(std::hint::black_box("name-0")));
        });
    }
    benches.finish();
}

fn main() {
    lookup(&mut Criterion::default().configure_from_args());
}
