//! A disk that forgets: a layer under SQLite which keeps, of every file of one folder, what was written and what was made durable, so that afterwards
//! a power cut can be had at any point of what happened.
//!
//! It is a VFS that lies over SQLite's own for Unix and becomes the default of the process, so that the stores run exactly as they ship, WAL with
//! its shared memory and locks included (those are the lower layer's; shared memory does not survive a cut, and SQLite does not rely on it). Files
//! really are written; beside that every act is put on a [`Tape`]. A cut after any act gives an [`Image`]: what was synced, and of what was written
//! since either nothing or, sector by sector of 512 bytes, whatever a seed lets through. That is what SQLite's documentation asks a disk to hold:
//! synced bytes stay, a sector is old or new, and a write spoils no bytes beside it. Names are kept apart from bytes: a file that was made or taken
//! away is so after a cut only once its folder was synced, which SQLite does with the first sync of a journal or a log.

#![allow(unsafe_code, reason = "a VFS of SQLite is a table of C functions over raw pointers; each place says why it is sound")]

use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use rusqlite::ffi;

/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Something that happened to a file, or an acknowledgement.
#[derive(Debug, Clone)]
enum Act {
    /// `log`: a journal or a log, with whose first sync SQLite syncs the folder.
    Make {
        file: usize,
        log: bool,
    },
    Write {
        file: usize,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        file: usize,
        len: usize,
    },
    Sync {
        file: usize,
    },
    Delete {
        file: usize,
        durable: bool,
    },
    Done {
        what: u64,
    },
}

/// Everything that happened to the files of one folder, in order.
#[derive(Debug, Clone, Default)]
pub struct Tape {
    folder: PathBuf,
    files: Vec<PathBuf>,
    acts: Vec<Act>,
    deaf: bool,
}

/// What a disk holds after a cut: bytes by file name.
pub type Image = BTreeMap<String, Vec<u8>>;

static TAPE: Mutex<Option<Tape>> = Mutex::new(None);
static REAL: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(std::ptr::null_mut());
const NAME: &CStr = c"forgetful";

fn with<T>(act: impl FnOnce(&mut Option<Tape>) -> T) -> T {
    act(&mut TAPE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Makes the layer the default of every connection that this process opens from now on.
///
/// # Panics
/// When SQLite does not take it.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: SQLite initialises itself here; the pointer it gives lives as long as the process.
        let real = unsafe {
            ffi::sqlite3_initialize();
            ffi::sqlite3_vfs_find(std::ptr::null())
        };
        assert!(!real.is_null(), "SQLite has a VFS of its own");
        REAL.store(real, Ordering::SeqCst);
        // SAFETY: `real` is valid; the struct is plain data of integers and pointers. The methods that are copied look at nothing of the VFS but
        // `mxPathname` and `pAppData`, which stay what they were.
        let mut vfs = unsafe { std::ptr::read(real) };
        vfs.szOsFile += size_of::<File>() as c_int;
        vfs.pNext = std::ptr::null_mut();
        vfs.zName = NAME.as_ptr();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        // SAFETY: the box is leaked, since SQLite keeps the pointer for as long as the process lives.
        let taken = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 1) };
        assert_eq!(taken, ffi::SQLITE_OK, "SQLite takes the layer");
    });
}

/// Begins a tape of what happens to files directly in `folder`. `deaf`: syncs do nothing, as `PRAGMA synchronous=OFF` leaves them out.
pub fn record(folder: &Path, deaf: bool) {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    with(|tape| *tape = Some(Tape { folder, deaf, ..Tape::default() }));
}

/// Notes that something was acknowledged: from here on a cut may not lose it.
pub fn done(what: u64) {
    with(|tape| tape.iter_mut().for_each(|t| t.acts.push(Act::Done { what })));
}

/// Ends the tape.
pub fn stop() -> Tape {
    with(Option::take).unwrap_or_default()
}

impl Tape {
    fn file(&mut self, path: &Path) -> Option<usize> {
        if path.parent() != Some(&self.folder) {
            return None;
        }
        Some(self.files.iter().position(|f| f == path).unwrap_or_else(|| {
            self.files.push(path.to_owned());
            self.files.len() - 1
        }))
    }

    /// How many acts there are; a cut may come after any of them.
    pub fn len(&self) -> usize {
        self.acts.len()
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }

    /// How many of the acts were syncs.
    pub fn n_syncs(&self) -> usize {
        self.acts.iter().filter(|a| matches!(a, Act::Sync { .. })).count()
    }

    /// Cuts the power after every act for which `wanted` says so, and shows what is left: the number of the act, the image, what was acknowledged.
    /// `lucky`: some of what was not synced came through, by this seed.
    pub fn cuts(&self, lucky: Option<u64>, wanted: impl Fn(usize) -> bool, mut show: impl FnMut(usize, &Image, &[u64])) {
        let mut disk: Vec<Disk> = vec![Disk::default(); self.files.len()];
        let mut acknowledged = Vec::new();
        for (n, act) in self.acts.iter().enumerate() {
            match act {
                Act::Done { what } => acknowledged.push(*what),
                Act::Make { file, .. }
                | Act::Write { file, .. }
                | Act::Truncate { file, .. }
                | Act::Sync { file }
                | Act::Delete { file, .. } => {
                    let folder = disk.get_mut(*file).is_some_and(|d| d.take(act));
                    if folder {
                        disk.iter_mut().for_each(Disk::named);
                    }
                }
            }
            if wanted(n) {
                let mut rng = lucky.map(|seed| ChaCha20Rng::seed_from_u64(seed.wrapping_add(n as u64 * 0x9e37_79b9)));
                let named = self.files.iter().zip(&disk).filter_map(|(path, disk)| {
                    let name = path.file_name()?.to_str()?.to_owned();
                    Some((name, disk.after_a_cut(rng.as_mut())?))
                });
                show(n, &named.collect(), &acknowledged);
            }
        }
    }
}

/// One name in the folder: what it leads to, and what it leads to after a cut as long as the folder is not synced.
#[derive(Debug, Clone, Default)]
struct Disk {
    now: Option<Inode>,
    /// Made or taken away since the folder was synced.
    unsure: bool,
    before: Option<Inode>,
}

/// The bytes of a file: durable ones, and what happened to them since.
#[derive(Debug, Clone, Default)]
struct Inode {
    durable: Vec<u8>,
    since: Vec<Act>,
    /// The next sync of it syncs the folder.
    fresh: bool,
}

fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes.iter_mut().skip(at).zip(new).for_each(|(b, n)| *b = *n);
}

impl Disk {
    /// Takes in what happened; `true` when the folder was synced with it.
    fn take(&mut self, act: &Act) -> bool {
        match act {
            Act::Make { log, .. } => {
                self.replaced();
                self.now = Some(Inode { fresh: *log, ..Inode::default() });
                false
            }
            Act::Delete { durable, .. } => {
                self.replaced();
                *durable
            }
            Act::Sync { .. } => self.now.as_mut().is_some_and(Inode::sync),
            act => {
                self.now.iter_mut().for_each(|inode| inode.since.push(act.clone()));
                false
            }
        }
    }

    fn replaced(&mut self) {
        let was = self.now.take();
        if !self.unsure {
            (self.before, self.unsure) = (was, true);
        }
    }

    /// The folder is synced: the name leads to what it leads to.
    fn named(&mut self) {
        (self.before, self.unsure) = (None, false);
    }

    fn after_a_cut(&self, mut rng: Option<&mut ChaCha20Rng>) -> Option<Vec<u8>> {
        let kept = !self.unsure || rng.as_mut().is_some_and(|rng| rng.next_u32() & 1 == 0);
        let inode = if kept { &self.now } else { &self.before };
        inode.as_ref().map(|inode| inode.after_a_cut(rng))
    }
}

impl Inode {
    fn sync(&mut self) -> bool {
        for act in std::mem::take(&mut self.since) {
            match act {
                Act::Write { at, bytes, .. } => put(&mut self.durable, at, &bytes),
                Act::Truncate { len, .. } => self.durable.truncate(len),
                _ => {}
            }
        }
        std::mem::take(&mut self.fresh)
    }

    fn after_a_cut(&self, rng: Option<&mut ChaCha20Rng>) -> Vec<u8> {
        let mut out = self.durable.clone();
        let Some(rng) = rng else { return out };
        for act in &self.since {
            let mut through = || rng.next_u32() & 1 == 0;
            match act {
                Act::Truncate { len, .. } if through() => out.truncate(*len),
                Act::Write { at, bytes, .. } => {
                    let (mut at, mut rest) = (*at, bytes.as_slice());
                    while !rest.is_empty() {
                        let (sector, after) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                        if through() {
                            put(&mut out, at, sector);
                        }
                        (at, rest) = (at + sector.len(), after);
                    }
                }
                _ => {}
            }
        }
        out
    }
}

/// A file as SQLite holds it; the lower layer's follows right behind in the same allocation.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// Its number on the tape, or -1.
    number: i64,
}

/// The lower layer's file.
///
/// # Safety
/// `file` is one that [`open`] filled.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite allocates `szOsFile` bytes, which `install` made large enough for both.
    unsafe { file.cast::<u8>().add(size_of::<File>()).cast() }
}

/// The lower layer's methods.
///
/// # Safety
/// As [`real`].
unsafe fn methods<'a>(file: *mut ffi::sqlite3_file) -> &'a ffi::sqlite3_io_methods {
    // SAFETY: an open file of the lower layer points to a table that lives as long as the process.
    unsafe { &*(*real(file)).pMethods }
}

/// Does something in the lower layer and, if it went well, puts it on the tape; both under one lock, so that the order is the same.
fn act(file: *mut ffi::sqlite3_file, below: impl FnOnce() -> c_int, what: impl FnOnce(usize) -> Act) -> c_int {
    with(|tape| {
        let code = below();
        // SAFETY: SQLite gives a file that `open` filled.
        let number = unsafe { (*file.cast::<File>()).number };
        if let (ffi::SQLITE_OK, Some(tape), Ok(number)) = (code, tape, usize::try_from(number)) {
            let what = what(number);
            if !(tape.deaf && matches!(what, Act::Sync { .. })) {
                tape.acts.push(what);
            }
        }
        code
    })
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let below = REAL.load(Ordering::SeqCst);
    with(|tape| {
        // SAFETY: a name is NUL-terminated where there is one.
        let path = (!name.is_null()).then(|| PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes())));
        let is_new = path.as_ref().is_some_and(|p| !p.exists());
        // SAFETY: SQLite gives `szOsFile` zeroed bytes; the lower layer gets its part of them, and its own VFS.
        let code = unsafe {
            (*file).pMethods = std::ptr::null();
            (*real(file)).pMethods = std::ptr::null();
            (*below).xOpen.map_or(ffi::SQLITE_ERROR, |open| open(below, name, real(file), flags, out))
        };
        if code != ffi::SQLITE_OK {
            // SAFETY: a file whose opening failed is closed if the lower layer gave it methods; ours stays without, so SQLite does not.
            unsafe {
                if !(*real(file)).pMethods.is_null()
                    && let Some(close) = methods(file).xClose
                {
                    close(real(file));
                }
            }
            return code;
        }
        let number = tape.as_mut().zip(path).and_then(|(tape, path)| {
            let number = tape.file(&path)?;
            if is_new {
                let log = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
                tape.acts.push(Act::Make { file: number, log });
            }
            i64::try_from(number).ok()
        });
        // SAFETY: the allocation is ours to fill; METHODS lives for ever.
        unsafe {
            (*file.cast::<File>()).number = number.unwrap_or(-1);
            (*file).pMethods = &raw const METHODS;
        }
        code
    })
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    let below = REAL.load(Ordering::SeqCst);
    with(|tape| {
        // SAFETY: the lower layer gets its own VFS and the name that SQLite gave.
        let code = unsafe { (*below).xDelete.map_or(ffi::SQLITE_ERROR, |delete| delete(below, name, sync_folder)) };
        // SAFETY: a name is NUL-terminated.
        let path = PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()));
        if let (ffi::SQLITE_OK, Some(tape)) = (code, tape)
            && let Some(file) = tape.file(&path)
        {
            let durable = sync_folder != 0 && !tape.deaf;
            tape.acts.push(Act::Delete { file, durable });
        }
        code
    })
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, bytes: *const c_void, n: c_int, at: ffi::sqlite3_int64) -> c_int {
    // SAFETY: the lower layer gets its own file and what SQLite gave; `bytes` holds `n` of them.
    let below = || unsafe { methods(file).xWrite.map_or(ffi::SQLITE_ERROR, |f| f(real(file), bytes, n, at)) };
    act(file, below, |number| {
        // SAFETY: as above.
        let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(n).unwrap_or(0)) }.to_vec();
        Act::Write { file: number, at: usize::try_from(at).unwrap_or(0), bytes }
    })
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: ffi::sqlite3_int64) -> c_int {
    // SAFETY: the lower layer gets its own file.
    let below = || unsafe { methods(file).xTruncate.map_or(ffi::SQLITE_ERROR, |f| f(real(file), len)) };
    act(file, below, |number| Act::Truncate { file: number, len: usize::try_from(len).unwrap_or(0) })
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: the lower layer gets its own file.
    let below = || unsafe { methods(file).xSync.map_or(ffi::SQLITE_ERROR, |f| f(real(file), flags)) };
    act(file, below, |number| Act::Sync { file: number })
}

/// Methods that go to the lower layer unchanged.
macro_rules! passed_on {
    ($($name:ident $method:ident ($($arg:ident : $ty:ty),*) -> $out:ty, $fallback:expr;)+) => { $(
        unsafe extern "C" fn $name(file: *mut ffi::sqlite3_file $(, $arg: $ty)*) -> $out {
            // SAFETY: the lower layer gets its own file and what SQLite gave.
            unsafe { methods(file).$method.map_or($fallback, |f| f(real(file) $(, $arg)*)) }
        }
    )+ };
}

passed_on! {
    close xClose () -> c_int, ffi::SQLITE_OK;
    read xRead (to: *mut c_void, n: c_int, at: ffi::sqlite3_int64) -> c_int, ffi::SQLITE_ERROR;
    size xFileSize (out: *mut ffi::sqlite3_int64) -> c_int, ffi::SQLITE_ERROR;
    lock xLock (level: c_int) -> c_int, ffi::SQLITE_ERROR;
    unlock xUnlock (level: c_int) -> c_int, ffi::SQLITE_ERROR;
    reserved xCheckReservedLock (out: *mut c_int) -> c_int, ffi::SQLITE_ERROR;
    control xFileControl (op: c_int, arg: *mut c_void) -> c_int, ffi::SQLITE_NOTFOUND;
    sector xSectorSize () -> c_int, 4096;
    traits xDeviceCharacteristics () -> c_int, 0;
    shm_map xShmMap (page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int, ffi::SQLITE_ERROR;
    shm_lock xShmLock (offset: c_int, n: c_int, flags: c_int) -> c_int, ffi::SQLITE_ERROR;
    shm_barrier xShmBarrier () -> (), ();
    shm_unmap xShmUnmap (delete: c_int) -> c_int, ffi::SQLITE_ERROR;
}

/// Version 2: without memory-mapped reading, which would pass the layer by.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(traits),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
