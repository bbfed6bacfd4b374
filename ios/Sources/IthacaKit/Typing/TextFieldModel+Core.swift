// The field and the core: one call at a time, what was typed in its order, and starting anew where the core knows nothing of the session.

extension TextFieldModel {
    func put(_ range: TextRange, _ text: String, _ selection: TextRange?, _ composing: TextRange?) {
        guard shown.fits(range) else { return }
        let whole = widened(range)
        if whole != range { turn += 1 }
        shown.splice(whole, text)
        self.text = shown.text
        let end = whole.start + text.utf16.count
        (self.selection, self.composing) = (whole == range ? selection ?? TextRange(end, end) : TextRange(end, end), composing)
        queue.append(
            TextInput(generation: generation, replace: whole, text: text, selection: self.selection, composing: composing))
        unsaved = true
        Task { await send() }
    }

    func send() async {
        guard !sending else { return }
        sending = true
        defer { rested() }
        while let session, let input = queue.first {
            do {
                let state = try await client.typeIn(session, input)
                queue.removeFirst()
                known.splice(input.replace, input.text)
                fault = nil
                if queue.isEmpty { take(state) } else { unsaved = state.unsaved }
            } catch {
                fault = error
                switch error {
                // The field and the core count differently, or the core slept: what was typed is sent anew against what there is.
                case .badInput, .notFound, .suspended: await recover()
                default: break
                }
                if fault != nil { return }
            }
        }
    }

    func turned(_ ask: (any Client, TextSessionId, UInt64) async throws -> TextState) async {
        guard await settle(), let session else { return }
        sending = true
        do {
            let state = try await ask(client, session, generation)
            if queue.isEmpty { take(state) }
            fault = nil
        } catch {
            fault = IthacaFault.of(error)
            // The core slept: it knows nothing of this session any more.
            if case .notFound = fault { await recover() }
        }
        rested()
        await settle()
    }

    /// One call at a time: waits for the one under way.
    func rest() async {
        while sending { await withCheckedContinuation { waiting.append($0) } }
    }

    func rested() {
        sending = false
        let all = waiting
        waiting = []
        for one in all { one.resume() }
    }

    /// Sends everything that was typed; false where it could not be kept.
    @discardableResult
    func settle() async -> Bool {
        await rest()
        while !queue.isEmpty {
            guard session != nil else { return false }
            await send()
            if fault != nil { return false }
            await rest()
        }
        return true
    }

    func take(_ state: TextState) {
        for splice in state.splices where shown.fits(splice.range) {
            shown.splice(splice.range, splice.text)
            known.splice(splice.range, splice.text)
        }
        if !state.splices.isEmpty {
            text = shown.text
            behind += state.splices
            (selection, composing) = (state.selection, state.composing)
            turn += 1
        }
        (fresh, canUndo, canRedo, unsaved) = (state.fresh, state.canUndo, state.canRedo, state.unsaved)
        generation = state.generation
    }

    func show(_ text: Units) {
        (shown, known) = (text, text)
        behind = field.difference(to: shown).map { [$0] } ?? []
        self.text = text.text
        turn += 1
    }

    /// What is typed here and not with the core is one splice; what the core has besides is another: the first is sent behind the second. What is
    /// typed meanwhile comes after it.
    func recover() async {
        let before = shown
        guard let mine = known.difference(to: before) else {
            queue = []
            return await open()
        }
        do {
            let open = try await client.openText(space, place)
            var core = Units(open.state.text ?? "")
            let range = known.difference(to: core).map { mine.range.after($0) } ?? mine.range
            let end = range.start + mine.text.utf16.count
            let plain = TextInput(
                generation: open.state.generation, replace: range, text: mine.text, selection: TextRange(end, end))
            let input = try await client.widenedInput(open.session, plain)
            let state = try await client.typeIn(open.session, input)
            core.splice(input.replace, input.text)
            let meanwhile = before.difference(to: shown)
            (session, queue, isOpen, fault, selection) = (open.session, [], true, nil, input.selection)
            let moved = before.difference(to: core)
            show(core)
            take(state)
            if let meanwhile { put(moved.map { meanwhile.range.after($0) } ?? meanwhile.range, meanwhile.text, nil, nil) }
        } catch { fault = error }
    }

    /// A keyboard may take out one part of what people see as one character: then all of it goes.
    func widened(_ range: TextRange) -> TextRange {
        let cuts = Cuts(shown)
        var wide = range
        while !cuts.at(wide.start) { wide.start -= 1 }
        while !cuts.at(wide.end) { wide.end += 1 }
        return wide
    }
}
