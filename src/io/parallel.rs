//! Runs the same work on many items in parallel. The results are in the order of the items, so they do not depend on
//! the number of threads.

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The maximum number of threads. With more, they mostly wait for the disk and for each other.
const MAX_THREADS: usize = 12;

/// The stack size of a thread: the most that evaluation may need ("source/budget"), plus a margin. Pages that are never
/// touched cost no memory.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Returns the number of threads that are worth starting for this many items.
pub fn threads(things: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(MAX_THREADS).min(things)
}

/// Does the work for each item and returns the results in the order of the items.
pub fn map<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(at) else {
                return done;
            };
            done.push((at, work(thing)));
        }
    };
    let mut done = thread::scope(|scope| {
        let start = || thread::Builder::new().stack_size(STACK_BYTES);
        let helpers: Vec<_> = (1..threads(things.len()))
            .filter_map(|_| start().spawn_scoped(scope, share).ok())
            .collect();
        // The calling thread works too: that saves one thread and its memory, and the work is done even if no thread
        // can be started.
        let mut done = share();
        for helper in helpers {
            match helper.join() {
                Ok(more) => done.extend(more),
                Err(panic) => panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_things() {
        let things: Vec<u64> = (0..500).collect();
        let slow_first = |thing: &u64| {
            let rounds = (500 - thing) * 50;
            (0..rounds).fold(*thing, |sum, round| sum ^ round ^ round)
        };
        assert_eq!(map(&things, slow_first), things);
        assert_eq!(map(&[], |thing: &u64| *thing), Vec::<u64>::new());
    }
}
