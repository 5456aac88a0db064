//! Hostile pack archives, made here, each with the expected refusal.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rdsproxy_gen::io::store::archive::Bounds;
use tar::{EntryType, Header};

const BLOCK: usize = 512;

/// An entry whose name is written into the header unchecked.
fn entry(name: &[u8], kind: EntryType, content: &[u8]) -> Vec<u8> {
    sized(name, kind, content, content.len() as u64)
}

fn sized(name: &[u8], kind: EntryType, content: &[u8], size: u64) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

fn file(name: &str, text: &str) -> Vec<u8> {
    entry(name.as_bytes(), EntryType::Regular, text.as_bytes())
}

/// A complete archive of these entries.
fn whole(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = entries.concat();
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    bytes
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn of_kind(kind: EntryType) -> Vec<u8> {
    whole(&[entry(b"templates/x", kind, b"")])
}

fn without(mut archive: Vec<u8>, last: usize) -> Vec<u8> {
    archive.truncate(archive.len() - last);
    archive
}

fn with_prefix(prefix: &str, name: &str) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.as_ustar_mut().unwrap().prefix[..prefix.len()].copy_from_slice(prefix.as_bytes());
    header.set_entry_type(EntryType::Regular);
    header.set_size(0);
    header.set_cksum();
    header.as_bytes().to_vec()
}

/// A hostile name, and the expected refusal.
const NAMES: &[(&[u8], &str)] = &[
    (b"../../etc/passwd", "lead out of the pack"),
    (b"templates/../../x", "lead out of the pack"),
    (b"./pack.toml", "lead out of the pack"),
    (b"/etc/passwd", "an absolute path"),
    (b"C:/windows/x", "an absolute path"),
    (b"a\\..\\..\\x", "a backslash"),
    (b"templates//x", "is empty"),
    (b"pack.toml/", "is empty"),
    (b"", "is empty"),
    (b"pack.toml\0.sh", "a NUL"),
    (b"\xff\xfe", "not UTF-8"),
    ("caf\u{e9}".as_bytes(), "other than those of ASCII"),
    ("cafe\u{301}".as_bytes(), "other than those of ASCII"),
    ("a\u{202e}lmot".as_bytes(), "other than those of ASCII"),
    (b"pack.toml:stream", "does not stand in a name"),
    (b"a\nb", "does not stand in a name"),
    (b"-rf *", "does not stand in a name"),
    (b".git/hooks/post-checkout", "is hidden"),
    (b"templates/aux.tf", "a device on Windows"),
    (b"pack.toml.", "drops the full stop"),
];

/// The name of a case, its archive, and the expected refusal.
type Case = (&'static str, Vec<u8>, &'static str);

fn pack() -> Vec<u8> {
    file("pack.toml", "schema = 1\n")
}

fn good() -> Vec<u8> {
    whole(&[pack()])
}

fn followed(mut archive: Vec<u8>, by: &[u8]) -> Vec<u8> {
    archive.extend_from_slice(by);
    archive
}

fn changed(mut archive: Vec<u8>, at: usize) -> Vec<u8> {
    archive[at] ^= 0x55;
    archive
}

/// Entries that are neither files nor folders, and entries that change the meaning of others.
fn kinds() -> Vec<Case> {
    vec![
        (
            "symbolic link",
            of_kind(EntryType::Symlink),
            "a symbolic link",
        ),
        ("hard link", of_kind(EntryType::Link), "a hard link"),
        ("character device", of_kind(EntryType::Char), "a device"),
        ("block device", of_kind(EntryType::Block), "a device"),
        ("pipe", of_kind(EntryType::Fifo), "a pipe"),
        (
            "sparse file",
            of_kind(EntryType::GNUSparse),
            "a sparse file",
        ),
        ("unknown kind", of_kind(EntryType::new(b'Z')), "not known"),
        (
            "contiguous file",
            of_kind(EntryType::Continuous),
            "not known",
        ),
        ("GNU long name", of_kind(EntryType::GNULongName), "GNU tar"),
        ("GNU long link", of_kind(EntryType::GNULongLink), "GNU tar"),
        ("pax header", of_kind(EntryType::XHeader), "a header of pax"),
        (
            "global pax header",
            of_kind(EntryType::XGlobalHeader),
            "a header of pax",
        ),
        (
            "folder with content",
            whole(&[entry(b"a/", EntryType::Directory, b"x")]),
            "has content",
        ),
        (
            "no text",
            whole(&[entry(b"x", EntryType::Regular, b"\xff\xfe")]),
            "not UTF-8",
        ),
    ]
}

/// Names that lead outside, and names that become equal.
fn places() -> Vec<Case> {
    let folder = entry(b"a/", EntryType::Directory, b"");
    vec![
        (
            "traversal in the prefix",
            whole(&[with_prefix("..", "x")]),
            "lead out",
        ),
        (
            "absolute prefix",
            whole(&[with_prefix("/etc", "x")]),
            "absolute",
        ),
        ("twice", whole(&[pack(), pack()]), "two files of this name"),
        (
            "case twins",
            whole(&[pack(), file("PACK.toml", "")]),
            "do not tell case",
        ),
        (
            "case twins of folders",
            whole(&[file("a/x", ""), file("A/y", "")]),
            "do not tell case",
        ),
        (
            "file and folder",
            whole(&[file("a", ""), file("a/b", "")]),
            "both a file and a folder",
        ),
        (
            "file and a folder's entry",
            whole(&[folder, file("a", "")]),
            "both a file and a folder",
        ),
    ]
}

/// Archives that exceed a limit.
fn sizes() -> Vec<Case> {
    let bounds = Bounds::PACK;
    let huge = "a".repeat(bounds.file + 1);
    let absent = sized(b"x", EntryType::Regular, b"", u64::MAX - 1024);
    let folders = vec![entry(b"a/", EntryType::Directory, b""); bounds.entries + 1];
    let zeros = file("x", &"\0".repeat(3 << 20));
    vec![
        (
            "file too large",
            whole(&[file("x", &huge)]),
            "that a file may have",
        ),
        (
            "size of a file that is not there",
            whole(&[absent]),
            "that a file may have",
        ),
        (
            "archive too large",
            vec![0; bounds.bytes + 1],
            "more than 33554432 bytes",
        ),
        (
            "too many entries",
            whole(&folders),
            "more than 8192 entries",
        ),
        (
            "bomb of zeros",
            gzip(&vec![0; 64 << 20]),
            "times its compressed size",
        ),
        (
            "bomb of a file",
            gzip(&whole(&[zeros])),
            "times its compressed size",
        ),
        (
            "bomb within the ratio",
            within_the_ratio(),
            "more than 33554432 bytes",
        ),
    ]
}

/// Truncated, extended and damaged archives.
fn broken() -> Vec<Case> {
    let zipped = gzip(&good());
    let middle = zipped.len() / 2;
    vec![
        (
            "cut off in a header",
            without(good(), 2 * BLOCK + 600),
            "cut off",
        ),
        (
            "cut off in a file",
            without(good(), 2 * BLOCK + 505),
            "cut off",
        ),
        (
            "cut off before the end",
            without(good(), 2 * BLOCK),
            "cut off",
        ),
        ("cut off within the end", without(good(), BLOCK), "cut off"),
        ("nothing", Vec::new(), "cut off"),
        (
            "an archive after the archive",
            followed(good(), &good()),
            "follows the end of the archive",
        ),
        (
            "text after the archive",
            followed(good(), b"#!/bin/sh"),
            "follows the end of the archive",
        ),
        ("changed name", changed(good(), 0), "byte 0: not the header"),
        (
            "no archive",
            "# README\n".repeat(200).into_bytes(),
            "not the header",
        ),
        (
            "cut off gzip",
            without(gzip(&good()), 9),
            "damaged or cut off",
        ),
        (
            "damaged gzip",
            changed(zipped, middle),
            "damaged or cut off",
        ),
        (
            "two gzip members",
            followed(gzip(&good()), &gzip(&good())),
            "bytes follow the end of the compressed",
        ),
        ("gzip in gzip", gzip(&gzip(&good())), "cut off"),
    ]
}

/// Random bytes that do not compress, followed by zeros that do: the total stays below the ratio.
fn within_the_ratio() -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes: Vec<u8> = (0..400_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    bytes.resize(40 << 20, 0);
    gzip(&bytes)
}

/// All hostile archives with their names and the expected refusals.
pub(crate) fn hostile() -> Vec<(String, Vec<u8>, &'static str)> {
    let named = NAMES.iter().map(|(name, expected)| {
        let archive = whole(&[entry(name, EntryType::Regular, b"x")]);
        (
            format!("the name {:?}", String::from_utf8_lossy(name)),
            archive,
            *expected,
        )
    });
    let whole = [kinds(), places(), sizes(), broken()]
        .into_iter()
        .flatten()
        .map(|(what, archive, expected)| (what.to_owned(), archive, expected));
    named.chain(whole).collect()
}
