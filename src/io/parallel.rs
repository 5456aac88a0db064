//! The same work on many things at once. The results stand in the order of the things, so that nobody can tell from them how
//! many threads there were. Knows nothing of what the work is.

use std::num::NonZero;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// More threads wait for the disk and for each other longer than they work.
const MAX_THREADS: usize = 12;

/// What evaluation may need ("source/budget"), with room to spare. A page that is not touched costs no memory.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// How many threads are worth starting for so many things.
pub fn threads(things: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(MAX_THREADS).min(things)
}

/// Does the work for each thing, and gives the results in the order of the things.
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
        // Whoever waits for the work does its part: a thread less, with its memory, and an answer where the system lends no thread.
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
