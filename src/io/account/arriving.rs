//! An account that arrives in parts: a thread reads it while the user answers the questions.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::ProgressBar;

use super::Progress;
use crate::domain::calls::CALLS;
use crate::domain::snapshot::{Account, AccountPart, Cause, Chosen, NotVisible, Snapshot};
use crate::io::aws::error::AwsError;

/// A message from the reader: the account up to a part, or the reason why nothing can be read.
pub type News = Result<(AccountPart, Snapshot), AwsError>;

/// The reader's end of the channel.
#[derive(Debug)]
pub struct AccountFeed {
    news: Sender<News>,
    wishes: Receiver<Chosen>,
    /// The progress of the reader.
    pub progress: Arc<Progress>,
}

impl AccountFeed {
    /// Passes on what was read. Returns false if the receiver is gone.
    pub fn tell(&self, news: News) -> bool {
        self.news.send(news).is_ok()
    }

    /// Waits for the next choice of the user. Returns `None` if there will be none.
    pub fn wish(&self) -> Option<Chosen> {
        self.wishes.recv().ok()
    }
}

/// An account that arrives in parts.
#[derive(Debug)]
pub struct Arriving {
    /// The connection to the reader. Only one thread waits at a time, so that each answer goes to the thread that
    /// asked.
    link: Mutex<FeedLink>,
    databases: OnceLock<Snapshot>,
    settings: OnceLock<Snapshot>,
    lists: OnceLock<Snapshot>,
}

/// The connection to the reader's thread.
#[derive(Debug)]
struct FeedLink {
    news: Receiver<News>,
    wishes: Sender<Chosen>,
    progress: Arc<Progress>,
}

/// The interval for updates of the progress display.
const TICK: Duration = Duration::from_millis(100);

impl Arriving {
    /// Starts to read, and waits for the first part.
    ///
    /// # Errors
    /// If nothing can be read.
    pub fn begin(read: impl FnOnce(&AccountFeed) + Send + 'static) -> Result<Self, AwsError> {
        let (news, arriving) = channel();
        let (wishes, wished) = channel();
        let progress = Arc::new(Progress::default());
        let reader = AccountFeed {
            news,
            wishes: wished,
            progress: Arc::clone(&progress),
        };
        thread::Builder::new()
            .name("account".to_owned())
            .spawn(move || read(&reader))
            .map_err(AwsError::Runtime)?;
        let link = FeedLink {
            news: arriving,
            wishes,
            progress,
        };
        let first = link.next().ok_or(AwsError::Stopped)??;
        let account = Self {
            link: Mutex::new(link),
            databases: OnceLock::new(),
            settings: OnceLock::new(),
            lists: OnceLock::new(),
        };
        let (part, snapshot) = first;
        account.keep(part, snapshot);
        Ok(account)
    }

    /// Returns everything within the scope, with the policies of what was chosen.
    pub fn with(&self, chosen: &Chosen) -> Snapshot {
        let lists = self.upto(AccountPart::Lists);
        let link = self.link();
        let asked = link.wishes.send(chosen.clone()).is_ok();
        let answer = if asked { link.next() } else { None };
        match answer {
            Some(Ok((_, snapshot))) => snapshot,
            Some(Err(_)) | None => stopped(lists),
        }
    }

    /// Returns everything within the scope.
    pub fn whole(self) -> Snapshot {
        self.upto(AccountPart::Lists);
        // An empty account would look like one without problems, so the gaps are noted.
        let lists = self.lists.into_inner();
        lists.unwrap_or_else(|| stopped(&Snapshot::default()))
    }

    fn link(&self) -> MutexGuard<'_, FeedLink> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, part: AccountPart) -> &OnceLock<Snapshot> {
        match part {
            AccountPart::Databases => &self.databases,
            AccountPart::Settings => &self.settings,
            AccountPart::Lists => &self.lists,
        }
    }

    /// Stores a part. Each part arrives once.
    fn keep(&self, part: AccountPart, snapshot: Snapshot) {
        self.place(part).get_or_init(|| snapshot);
    }

    /// Returns this part or a later one, if it has arrived.
    fn held(&self, part: AccountPart) -> Option<&Snapshot> {
        let parts = [
            AccountPart::Databases,
            AccountPart::Settings,
            AccountPart::Lists,
        ];
        let mut parts = parts.into_iter().filter(|held| *held >= part);
        parts.find_map(|part| self.place(part).get())
    }
}

impl Account for Arriving {
    fn upto(&self, part: AccountPart) -> &Snapshot {
        loop {
            if let Some(snapshot) = self.held(part) {
                return snapshot;
            }
            let link = self.link();
            // Another thread may have waited for it in the meantime.
            if self.held(part).is_some() {
                continue;
            }
            let news = link.next().and_then(Result::ok);
            let (part, snapshot) = news.unwrap_or_else(|| {
                let before = self
                    .held(AccountPart::Databases)
                    .cloned()
                    .unwrap_or_default();
                (AccountPart::Lists, stopped(&before))
            });
            self.keep(part, snapshot);
        }
    }
}

impl FeedLink {
    /// Waits for the next message of the reader, and shows the progress if that takes long. Returns `None` if the
    /// reader has ended.
    fn next(&self) -> Option<News> {
        let mut bar: Option<ProgressBar> = None;
        let news = loop {
            match self.news.recv_timeout(TICK) {
                Ok(news) => break Some(news),
                Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) => {
                    // It draws on standard error, and draws nothing if that is not a terminal.
                    let bar = bar.get_or_insert_with(ProgressBar::new_spinner);
                    bar.set_message(self.progress.told());
                    bar.tick();
                }
            }
        };
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        news
    }
}

/// Notes the remaining data as missing after the reader ended early, which is a bug in this tool.
fn stopped(before: &Snapshot) -> Snapshot {
    let gaps = CALLS.iter().map(|call| NotVisible {
        action: call.action.to_owned(),
        field: call.field.to_owned(),
        cause: Cause::Failed,
        reason: "the reader of the account has stopped".to_owned(),
    });
    let mut snapshot = before.clone();
    snapshot.not_visible.extend(gaps);
    snapshot
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: &str) -> Snapshot {
        Snapshot {
            account_id: number.to_owned(),
            ..Snapshot::default()
        }
    }

    #[test]
    fn parts_arrive_in_turn_and_what_was_chosen_when_it_is_asked_for() {
        let arriving = Arriving::begin(|reader| {
            reader.tell(Ok((AccountPart::Databases, account("1"))));
            reader.tell(Ok((AccountPart::Settings, account("2"))));
            reader.tell(Ok((AccountPart::Lists, account("3"))));
            while let Some(chosen) = reader.wish() {
                let number = chosen.secrets.into_iter().collect::<String>();
                reader.tell(Ok((AccountPart::Lists, account(&number))));
            }
        });
        let arriving = arriving.unwrap();
        assert_eq!(arriving.upto(AccountPart::Databases).account_id, "1");
        assert_eq!(arriving.upto(AccountPart::Lists).account_id, "3");
        assert_eq!(arriving.upto(AccountPart::Settings).account_id, "2");
        for secret in ["a", "b"] {
            let secrets = [secret.to_owned()].into();
            assert_eq!(arriving.with(&Chosen { secrets }).account_id, secret);
        }
        assert_eq!(arriving.whole().account_id, "3");
    }

    #[test]
    fn one_that_is_read_at_once_is_every_part() {
        let arriving = Arriving::begin(|reader| {
            reader.tell(Ok((AccountPart::Lists, account("1"))));
        });
        let arriving = arriving.unwrap();
        assert_eq!(arriving.upto(AccountPart::Databases).account_id, "1");
        assert_eq!(arriving.whole().account_id, "1");
    }

    #[test]
    fn a_reader_that_stops_leaves_gaps_and_nothing_empty() {
        let arriving = Arriving::begin(|reader| {
            reader.tell(Ok((AccountPart::Databases, account("1"))));
        });
        let arriving = arriving.unwrap();
        assert_eq!(arriving.upto(AccountPart::Databases).not_visible, []);
        for snapshot in [
            arriving.upto(AccountPart::Lists).clone(),
            arriving.with(&Chosen::default()),
        ] {
            assert_eq!(snapshot.account_id, "1");
            assert!(snapshot.not_visible.len() >= CALLS.len());
        }
        let nothing = Arriving::begin(|_| {});
        assert!(matches!(nothing, Err(AwsError::Stopped)));
    }
}
