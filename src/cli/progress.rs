//! A sign of life while long work runs.

use std::io::Write;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Global, Streams};

/// Work that is done sooner needs no sign.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the sign changes.
const BEAT: Duration = Duration::from_millis(100);
/// What moves.
const FRAMES: [&str; 4] = ["|", "/", "-", "\\"];
/// Back to the line's beginning, and empty to its end.
const CLEAR: &str = "\r\u{1b}[K";

/// Does the work; where a person looks at the error stream and it takes longer than half a second,
/// one line there says what is going on, and goes away at the end.
pub(super) fn during<T: Send>(
    streams: &mut Streams<'_>,
    global: &Global,
    what: &str,
    work: impl FnOnce() -> T + Send,
) -> T {
    if !streams.err_is_terminal || global.quiet {
        return work();
    }
    let err = &mut *streams.err;
    // Only this thread may use the streams, so the work moves to another one.
    std::thread::scope(|scope| {
        let (done, is_done) = mpsc::channel::<()>();
        let worker = scope.spawn(move || {
            // Hangs up at the end, also when the work panics.
            let _done = done;
            work()
        });
        show_until(&is_done, what, err);
        worker.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Shows the line until the other side hangs up. Nothing depends on the sign, so that failing to
/// show it is no failure.
fn show_until(is_done: &mpsc::Receiver<()>, what: &str, err: &mut dyn Write) {
    let start = Instant::now();
    let is_running = |time| is_done.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
    if !is_running(PATIENCE) {
        return;
    }
    for frame in FRAMES.iter().cycle() {
        let seconds = start.elapsed().as_secs();
        let _ = write!(err, "{CLEAR}{frame} {what} … {seconds} s");
        let _ = err.flush();
        if !is_running(BEAT) {
            break;
        }
    }
    let _ = write!(err, "{CLEAR}");
    let _ = err.flush();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streams_and_run(is_terminal: bool, work: impl FnOnce() -> u8 + Send) -> (u8, String) {
        let mut err = Vec::new();
        let global = Global {
            color: clap::ColorChoice::Auto,
            root: None,
            quiet: false,
        };
        let mut streams = Streams {
            out: &mut Vec::new(),
            err: &mut err,
            out_is_terminal: false,
            err_is_terminal: is_terminal,
            width: None,
            env: std::collections::BTreeMap::new(),
            current_dir: std::path::PathBuf::new(),
        };
        let answer = during(&mut streams, &global, "checking", work);
        (answer, String::from_utf8_lossy(&err).into_owned())
    }

    #[test]
    fn only_long_work_on_a_terminal_is_shown() {
        assert_eq!(streams_and_run(true, || 1), (1, String::new()));
        let slow = || {
            std::thread::sleep(PATIENCE + BEAT);
            2
        };
        assert_eq!(streams_and_run(false, slow), (2, String::new()));
        let (answer, shown) = streams_and_run(true, slow);
        assert_eq!(answer, 2);
        assert!(shown.starts_with("\r\u{1b}[K| checking … 0 s"), "{shown:?}");
        assert!(shown.ends_with(CLEAR), "{shown:?}");
    }
}
