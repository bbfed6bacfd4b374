//! The exported surface, as the built library describes it: what an app is compiled against changes only on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use uniffi_meta::{FnParamMetadata, Metadata, Type};

/// The library that was built together with this test.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let name = format!("{}ithaca_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    test.parent().unwrap().join(name)
}

fn shown(t: &Type) -> String {
    match t {
        Type::Optional { inner_type } => format!("{}?", shown(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", shown(inner_type)),
        Type::Map { key_type, value_type } => format!("{{{}: {}}}", shown(key_type), shown(value_type)),
        Type::Object { name, .. } | Type::Record { name, .. } | Type::Enum { name, .. } | Type::Custom { name, .. } => name.clone(),
        other => format!("{other:?}"),
    }
}

fn signature(name: &str, is_async: bool, inputs: &[FnParamMetadata], out: Option<&Type>, throws: Option<&Type>) -> String {
    let inputs: Vec<String> = inputs.iter().map(|i| format!("{}: {}", i.name, shown(&i.ty))).collect();
    let mut line = format!("{}{name}({})", if is_async { "async " } else { "" }, inputs.join(", "));
    out.iter().for_each(|t| write!(line, " -> {}", shown(t)).unwrap());
    throws.iter().for_each(|t| write!(line, " throws {}", shown(t)).unwrap());
    line
}

fn all() -> Vec<Metadata> {
    let bytes = std::fs::read(library()).expect("the library stands beside its test");
    uniffi_bindgen::macro_metadata::extract_from_bytes(&bytes).unwrap()
}

/// Every item with its lines, sorted.
fn surface() -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in all() {
        let (head, lines): (String, Vec<String>) = match item {
            Metadata::Func(f) => {
                ("functions".into(), vec![signature(&f.name, f.is_async, &f.inputs, f.return_type.as_ref(), f.throws.as_ref())])
            }
            Metadata::Constructor(c) => {
                let line = signature(&c.name, c.is_async, &c.inputs, None, c.throws.as_ref());
                (format!("object {}", c.self_name), vec![format!("new {line}")])
            }
            Metadata::Method(m) => {
                let line = signature(&m.name, m.is_async, &m.inputs, m.return_type.as_ref(), m.throws.as_ref());
                (format!("object {}", m.self_name), vec![line])
            }
            Metadata::TraitMethod(m) => {
                let line = signature(&m.name, m.is_async, &m.inputs, m.return_type.as_ref(), m.throws.as_ref());
                (format!("object {}", m.trait_name), vec![line])
            }
            Metadata::Record(r) => {
                let fields = r.fields.iter().enumerate().map(|(n, f)| format!("{n:02} {}: {}", f.name, shown(&f.ty)));
                (format!("record {}", r.name), fields.collect())
            }
            Metadata::Enum(e) => {
                let variants = e.variants.iter().enumerate().map(|(n, v)| {
                    let fields: Vec<String> = v.fields.iter().map(|f| format!("{}: {}", f.name, shown(&f.ty))).collect();
                    if fields.is_empty() { format!("{n:02} {}", v.name) } else { format!("{n:02} {} {{ {} }}", v.name, fields.join(", ")) }
                });
                (format!("enum {}", e.name), variants.collect())
            }
            _ => continue,
        };
        out.entry(head).or_default().extend(lines);
    }
    out
}

#[test]
fn the_surface_changes_only_on_purpose() {
    let mut text = String::new();
    for (head, lines) in surface() {
        writeln!(text, "{head}").unwrap();
        lines.iter().for_each(|l| writeln!(text, "    {l}").unwrap());
    }
    insta::assert_snapshot!("surface", text);
}

#[test]
fn whatever_can_take_long_is_asynchronous_and_no_record_holds_an_object() {
    // Those that read what is in memory, or only say that something is no longer wanted.
    let quick = ["opened", "snapshot", "subscribe", "n_subscriptions", "cancel", "stop", "profile_state", "version", "set_log_sink"];
    let foreign = ["KeyVault", "ChangeListener", "Connectivity", "LogSink"];
    for item in all() {
        match item {
            Metadata::Method(m) => assert!(m.is_async || quick.contains(&m.name.as_str()), "{} would block a screen", m.name),
            Metadata::Func(f) => assert!(f.is_async || quick.contains(&f.name.as_str()), "{} would block a screen", f.name),
            Metadata::TraitMethod(m) => {
                assert!(foreign.contains(&m.trait_name.as_str()));
                assert!(m.throws.is_some(), "{}.{} throws in Kotlin whether it says so or not", m.trait_name, m.name);
            }
            Metadata::Record(r) => {
                let objects = r.fields.iter().filter(|f| matches!(f.ty, Type::Object { .. }));
                assert_eq!(objects.count(), 0, "{} would have to be closed by whoever gets it", r.name);
            }
            _ => {}
        }
    }
}
