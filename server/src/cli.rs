//! The command line: `serve`, and accounts.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::accounts::{self, Secret};
use crate::config::{Config, Sources};
use crate::http::Relay;
use crate::live::Hub;
use crate::net::{self, serve, serve_metrics};
use crate::store::memory::MemoryStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{AccountId, Backend, Silence};

/// The relay of Ithaca: it carries ciphertext between devices and can read none of it.
#[derive(Debug, Parser)]
#[command(name = "ithaca-relay", version, max_term_width = 100)]
pub struct Cli {
    /// Log lines as JSON.
    #[arg(long, global = true)]
    pub log_json: bool,
    /// How much to log: error, warn, info or debug. No level names a mailbox, a token or an address.
    #[arg(long, global = true, default_value = "info", env = "ITHACA_RELAY_LOG")]
    pub log: tracing::Level,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the relay can be told to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the relay until it is told to stop (SIGINT or SIGTERM).
    Serve(Box<Serve>),
    /// Make, list and revoke accounts; also while the relay runs.
    Account {
        /// Which of these.
        #[command(subcommand)]
        what: AccountCommand,
    },
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account and print its secret, once.
    New {
        /// The data directory of the relay.
        #[arg(long)]
        data: PathBuf,
        /// What to call it in lists; kept on this machine only.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List accounts: id, when made (milliseconds since 1970), state, label.
    List {
        /// The data directory of the relay.
        #[arg(long)]
        data: PathBuf,
    },
    /// Revoke an account: it makes and erases nothing any more; its mailboxes stay usable.
    Revoke {
        /// The data directory of the relay.
        #[arg(long)]
        data: PathBuf,
        /// Its id, or the beginning of it.
        id: String,
    },
}

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Where to keep the database.
    #[arg(long, required_unless_present = "memory")]
    pub data: Option<PathBuf>,
    /// Keep everything in memory and lose it at the end; for trying out.
    #[arg(long, conflicts_with = "data")]
    pub memory: bool,
    /// PEM file with the TLS certificate chain.
    #[arg(long, requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// PEM file with its key.
    #[arg(long, requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A proxy in front speaks TLS and adds the client's address as the last entry of X-Forwarded-For.
    #[arg(long)]
    pub behind_proxy: bool,
    /// Serve Prometheus metrics at /metrics here.
    #[arg(long)]
    pub metrics_listen: Option<SocketAddr>,
    /// Let anybody make mailboxes.
    #[arg(long, requires = "i_understand_anyone_can_store_data_here")]
    pub open: bool,
    /// The second half of --open.
    #[arg(long, requires = "open")]
    pub i_understand_anyone_can_store_data_here: bool,
    /// Print `ready` on a line of its own once a durable write worked.
    #[arg(long)]
    pub print_ready: bool,
    /// Greatest number of bytes in a mailbox.
    #[arg(long, default_value_t = 256 << 20)]
    pub mailbox_bytes: u64,
    /// Greatest number of bytes in the mailboxes of one account.
    #[arg(long, default_value_t = 4 << 30)]
    pub account_bytes: u64,
    /// Greatest number of mailboxes of one account.
    #[arg(long, default_value_t = 10_000)]
    pub account_mailboxes: u64,
    /// Greatest number of bytes of one object.
    #[arg(long, default_value_t = 64 << 20)]
    pub object_bytes: u64,
    /// Requests a second from one address; 0 for no limit.
    #[arg(long, default_value_t = 50)]
    pub requests_per_second: u32,
    /// Requests at once from one address.
    #[arg(long, default_value_t = 200)]
    pub burst: u32,
    /// Connections at once.
    #[arg(long, default_value_t = 10_000)]
    pub connections: usize,
    /// Connections at once from one address; not counted with --behind-proxy.
    #[arg(long, default_value_t = 256)]
    pub connections_per_address: usize,
    /// Seconds in which a reader must take something of what is sent to it.
    #[arg(long, default_value_t = 60)]
    pub write_seconds: u64,
    /// Seconds for a request's header.
    #[arg(long, default_value_t = 15)]
    pub header_seconds: u64,
    /// Seconds between two signs of life on a live stream.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..))]
    pub heartbeat_seconds: u64,
}

impl Serve {
    fn config(&self) -> Config {
        let mut config = Config {
            requests_per_second: self.requests_per_second,
            burst: self.burst,
            connections: self.connections,
            connections_per_address: self.connections_per_address,
            streams: self.connections,
            header_timeout: Duration::from_secs(self.header_seconds.max(1)),
            write_timeout: Duration::from_secs(self.write_seconds.max(1)),
            heartbeat: Duration::from_secs(self.heartbeat_seconds),
            behind_proxy: self.behind_proxy,
            open: self.open,
            ..Config::default()
        };
        config.store.mailbox_bytes = self.mailbox_bytes;
        config.store.account_bytes = self.account_bytes;
        config.store.account_mailboxes = self.account_mailboxes;
        config.store.object_bytes = self.object_bytes;
        config
    }

    /// Refuses what would let tokens cross a network in clear text.
    ///
    /// # Errors
    /// Says which option is missing.
    pub fn check(&self) -> io::Result<()> {
        if self.tls_cert.is_none() && !self.behind_proxy && !self.listen.ip().is_loopback() {
            return Err(io::Error::other(
                "clear text beyond this machine would show every token to the network: give --tls-cert and --tls-key, \
                 or --behind-proxy if a proxy in front speaks TLS, or listen on 127.0.0.1",
            ));
        }
        Ok(())
    }
}

/// Does what the command line says; what it prints goes to `out`.
///
/// `listen_for_stop` is called before the relay says that it listens, so that whoever reads that line may stop it at
/// once; the relay serves until the future it gives ends.
///
/// # Errors
/// Everything that keeps it from doing so, as one sentence.
pub async fn run<S: Future<Output = ()>>(
    command: Command,
    sources: Sources,
    out: &mut (dyn Write + Send),
    listen_for_stop: impl FnOnce() -> io::Result<S>,
) -> io::Result<()> {
    match command {
        Command::Serve(options) => start(*options, sources, out, listen_for_stop).await,
        Command::Account { what } => account(what, &sources, out).await,
    }
}

async fn start<S: Future<Output = ()>>(
    options: Serve,
    sources: Sources,
    out: &mut (dyn Write + Send),
    listen_for_stop: impl FnOnce() -> io::Result<S>,
) -> io::Result<()> {
    options.check()?;
    let config = options.config();
    let hub = Arc::new(Hub::default());
    let mut locked = None;
    let store: Arc<dyn Backend> = match &options.data {
        None => Arc::new(MemoryStore::new(config.store.clone(), hub.clone())),
        Some(data) => {
            locked = lock(data)?;
            Arc::new(SqliteStore::open(data, config.store.clone(), hub.clone()).map_err(io::Error::other)?)
        }
    };
    let tls = match (&options.tls_cert, &options.tls_key) {
        (Some(certificate), Some(key)) => Some(net::tls(certificate, key)?),
        _ => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    let relay = Relay::new(config, sources, store, hub);
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let shutdown = listen_for_stop()?;
    writeln!(out, "listening on {scheme}://{address}")?;
    out.flush()?;
    let (stop, stopping) = watch::channel(());
    let metrics = match options.metrics_listen {
        None => None,
        Some(at) => {
            let listener = TcpListener::bind(at).await?;
            writeln!(out, "metrics on http://{}/metrics", listener.local_addr()?)?;
            out.flush()?;
            let mut stopping = stopping.clone();
            let stopped = async move { drop(stopping.changed().await) };
            Some(tokio::spawn(serve_metrics(listener, relay.clone(), stopped)))
        }
    };
    match relay.store().health(relay.now()).await {
        Ok(()) if options.print_ready => {
            writeln!(out, "ready")?;
            out.flush()?;
        }
        Ok(()) => {}
        Err(error) => tracing::error!(%error, "not ready"),
    }
    tracing::info!(tls = tls.is_some(), open = options.open, memory = options.memory, "serving");
    let served = serve(listener, relay, tls, shutdown).await;
    drop(stop);
    if let Some(metrics) = metrics {
        metrics.await.map_err(io::Error::other)??;
    }
    drop(locked);
    tracing::info!("stopped");
    served
}

/// Keeps a second relay off the same directory: each keeps heads in memory that the other would not see change.
/// `None` where the directory cannot be written: then the store is down, which a relay survives.
fn lock(data: &Path) -> io::Result<Option<std::fs::File>> {
    let made = std::fs::create_dir_all(data);
    let file = match made.and_then(|()| std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(data.join("relay.lock")))
    {
        Ok(file) => file,
        Err(error) => {
            tracing::error!(%error, "the data directory cannot be written");
            return Ok(None);
        }
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(io::Error::other("another relay uses this data directory; stop it first")),
        // A file system without locks: then its owner sees to it.
        Err(std::fs::TryLockError::Error(_)) => Ok(None),
    }
}

fn open(data: &Path) -> io::Result<SqliteStore> {
    std::fs::create_dir_all(data)?;
    SqliteStore::open(data, crate::store::Limits::default(), Arc::new(Silence)).map_err(io::Error::other)
}

async fn account(what: AccountCommand, sources: &Sources, out: &mut (dyn Write + Send)) -> io::Result<()> {
    match what {
        AccountCommand::New { data, label } => {
            let store = open(&data)?;
            let mut secret: Secret = [0; 32];
            if !(sources.entropy)(&mut secret) {
                return Err(io::Error::other("this machine gives no randomness"));
            }
            let id = accounts::make(&store, &secret, &label, (sources.clock)()).await.map_err(io::Error::other)?;
            writeln!(out, "account {}", short(&id))?;
            writeln!(out, "secret  {}", hex::encode(secret))?;
            writeln!(out, "The secret is shown only now. Whoever has it makes mailboxes on this relay.")
        }
        AccountCommand::List { data } => {
            for (id, account) in accounts::list(&open(&data)?).map_err(io::Error::other)? {
                let state = if account.revoked { "revoked" } else { "active" };
                writeln!(out, "{}  {}  {state}  {}", short(&id), account.made, account.label)?;
            }
            Ok(())
        }
        AccountCommand::Revoke { data, id } => {
            let store = open(&data)?;
            let all = accounts::list(&store).map_err(io::Error::other)?;
            let mut named = all.iter().filter(|(a, _)| !id.is_empty() && hex::encode(a.0).starts_with(&id.to_ascii_lowercase()));
            match (named.next(), named.next()) {
                (Some((found, _)), None) => {
                    accounts::revoke(&store, *found).await.map_err(io::Error::other)?;
                    writeln!(out, "revoked {}", short(found))
                }
                (None, _) => Err(io::Error::other("no account has this id; see `account list`")),
                (Some(_), Some(_)) => Err(io::Error::other("several accounts begin so; give more of the id")),
            }
        }
    }
}

fn short(id: &AccountId) -> String {
    hex::encode(id.0).chars().take(16).collect()
}
