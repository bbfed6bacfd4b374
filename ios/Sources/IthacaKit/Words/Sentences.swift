// Sentences for what the core names by a word: faults, notices, fields, values. A word of a newer version gets a plain one.

extension Words {
    /// What is wrong and what to do about it.
    public func fault(_ fault: IthacaFault) -> String {
        if case .badInput(let sort, _) = fault { return of("input", sort) }
        return self("fault.\(fault.key)")
    }

    public func notice(_ notice: Notice, name: String) -> String {
        let key = "notice.\(notice.kind)"
        return has(key) ? self(key, ["name": name]) : self("notice.other")
    }

    public func field(_ key: String) -> String { known("field.\(key.prefix { $0 != "/" })", else: "field.other") }
    public func kind(_ kind: String?) -> String { kind.map { plain("kind.\($0)", else: $0) } ?? self("kind.none") }

    public func function(_ name: String) -> String { plain("function.\(underscored(name))", else: name) }
    public func technique(_ name: String) -> String { plain("technique.\(underscored(name))", else: name) }

    public func prompt(_ form: SessionForm, _ name: String) -> String {
        let key = switch (form, name) {
        case (.after, "promised"): "prompt.after_promised"
        case (.harvest, "learned"): "prompt.harvest_learned"
        default: "prompt.\(name)"
        }
        return known(key, else: "prompt.other")
    }

    /// A value on a card, as people read it.
    public func value(_ value: DifferValue, field: String, _ here: Here) -> String {
        if let person = value.person { return person.name }
        return value.words.isEmpty ? self("cards.cleared") : self.value(value.words, field: field, here)
    }

    public func value(_ words: String, field: String, _ here: Here) -> String {
        switch field.prefix(while: { $0 != "/" }) {
        case "status": plain("status.\(words)", else: words)
        case "state": plain("session_state.\(words)", else: words)
        case "kind": plain("kind.\(words)", else: words)
        case "model": plain("model.\(words)", else: words)
        case "same", "same_meeting": self(words == "true" ? "common.yes" : "common.no")
        case "date", "due", "target_date", "review_date": Day(words).map(here.plain) ?? words
        default: words
        }
    }

    public func about(_ card: Card) -> String {
        self("cards.one", ["noun": of("cards", card.noun), "title": card.title, "field": field(card.field)])
    }

    public func name(_ who: Who) -> String { who.me ? self("common.you") : who.name }
    public func names(_ all: [Who]) -> String { all.map(name).joined(separator: ", ") }

    private func underscored(_ name: String) -> String { name.lowercased().map { $0.isLetter ? String($0) : "_" }.joined() }
}

extension IthacaFault {
    /// The last part of its key in the catalogue, and the name of the trouble it is.
    public var key: String {
        switch self {
        case .locked: "locked"
        case .vaultFailed: "vault_failed"
        case .vaultLost: "vault_lost"
        case .inUse: "in_use"
        case .noProfile: "no_profile"
        case .profileExists: "profile_exists"
        case .notAdded: "not_added"
        case .storageFull: "storage_full"
        case .storageCorrupt: "storage_corrupt"
        case .newerDatabase: "newer_database"
        case .badInput: "input"
        case .notFound: "not_found"
        case .readOnly: "read_only"
        case .refused: "refused"
        case .stale: "stale"
        case .offline: "offline"
        case .stopped: "stopped"
        case .suspended: "suspended"
        case .closed: "closed"
        case .internal: "internal"
        }
    }
}
