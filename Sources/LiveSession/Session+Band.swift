import Generation
import Music
import Playback
import Transport

/// The band: its variations, its entrances, its ends.
extension Session {
    /// Once at the bar, twice at once, three times panic; a take that is being recorded ends, and the band stays away.
    mutating func stop(_ time: Instant) -> [Effect] {
        var effects: [Effect] = []
        if recorder.state.phase == .armed {
            effects = follow(recorder.handle(.control(.cancel, at: time)), time)
        } else if isTaking {
            bandFollows = false
            effects = follow(recorder.handle(.control(.stop, at: time)), time)
        }
        awaited = nil
        heldBack = nil
        if !isBandOn { effects += click(.stop(at: time)) }
        effects += feed(.stop(at: time))
        guard player?.phase == .stopping else { return effects }
        return effects + [.told(state, "the band ends at the bar line; press Stop again to stop it now")]
    }

    /// Silences everything at once, whatever was going on; a take that is being recorded is kept.
    mutating func panic(_ time: Instant) -> [Effect] {
        var effects = finish(time)
        if recorder.state.phase == .armed { effects += follow(recorder.handle(.control(.cancel, at: time)), time) }
        awaited = nil
        heldBack = nil
        effects += click(.stop(at: time))
        // The third press of Stop is the player's panic; presses before this one may have been the first ones.
        for _ in 0..<3 {
            let pressed = feed(.stop(at: time))
            effects += pressed
            let isPanic = pressed.contains { effect in
                if case .player(.panic) = effect { true } else { false }
            }
            if isPanic { break }
        }
        return effects + [.told(state, "everything is silent")]
    }

    mutating func toggleLoop() -> [Effect] {
        loops.toggle()
        let sentence = loops ? "the band plays round after round" : "the band plays to the end of its round"
        return feed(.loop(loops)) + [.told(state, sentence)]
    }

    // MARK: - Variations

    /// Goes through the variations; behind the newest a new one is made.
    mutating func step(_ direction: Int, _ time: Instant) -> [Effect] {
        guard recorder.state.phase == .idle || isBandOn else {
            return [.refused("a take is being recorded", advice: "press Record or Stop to end it first")]
        }
        guard let piece else { return [Session.nothingPlayed] }
        asked = time
        guard !piece.variations.isEmpty else { return vary(time) }
        let index = piece.current + direction
        guard index >= 0 else {
            return [.refused("this is the first variation", advice: "press Next for another one")]
        }
        guard index < piece.variations.count else { return vary(time) }
        genre = piece.variations[index].genre
        return show(index, at: time)
    }

    /// A new variation, whatever came behind the one that is shown; locked parts stay.
    mutating func regenerate(_ time: Instant) -> [Effect] {
        guard piece != nil else { return [Session.nothingPlayed] }
        asked = time
        return vary(time)
    }

    /// Another genre: the variation that it played last, else a new one, as where its model was replaced since. The same genre
    /// again: a new variation.
    mutating func choose(_ chosen: Genre, _ time: Instant) -> [Effect] {
        let former = genre
        genre = chosen
        guard let piece, isBandOn || awaited != nil else {
            return [.told(state, "the band plays \(chosen.rawValue) when it comes in")]
        }
        asked = time
        if chosen != former, mix.locked.isEmpty,
            let index = piece.variations.lastIndex(where: { $0.genre == chosen }),
            piece.variations[index].replacements == replacements[chosen, default: 0]
        {
            return show(index, at: time)
        }
        return vary(time)
    }

    /// What the next variation of a genre is made from: seeds count up in each genre.
    private func recipe(_ genre: Genre, of piece: Piece) -> Recipe {
        let known = piece.variations.filter { $0.genre == genre }.map(\.recipe.seed).max() ?? 0
        let kept = mix.locked.isEmpty ? nil : piece.shown?.arrangement.map { $0.accompaniment }
        return Recipe(
            genre: genre, seed: known + 1, kept: kept.map { .init(mix.locked, of: $0) })
    }

    /// How many variations of a piece previous goes back through.
    static let mostVariations = 64

    /// Adds a variation: one that was made ahead, else its notes are asked for.
    mutating func vary(_ time: Instant) -> [Effect] {
        guard var piece else { return [] }
        let recipe = recipe(genre, of: piece)
        var effects: [Effect] = []
        if let index = ahead.firstIndex(where: { $0.recipe == recipe }) {
            let made = ahead.remove(at: index)
            if let request = made.request { open[request]?.isAhead = false }
            if let arrangement = made.arrangement {
                effects.append(.storeArrangement(arrangement, answering: made.order, take: piece.number))
            }
            piece.variations.append(made)
        } else {
            let (variation, order) = order(recipe, of: piece, isAhead: false)
            effects.append(order)
            piece.variations.append(variation)
        }
        if piece.variations.count > Session.mostVariations { piece.variations.removeFirst() }
        self.piece = piece
        return effects + show(piece.variations.count - 1, at: time)
    }

    private mutating func order(_ recipe: Recipe, of piece: Piece, isAhead: Bool) -> (Variation, Effect) {
        requests += 1
        let request = AccompanimentRequest(
            seed: recipe.seed, temperature: settings.temperature, chords: piece.chords, ringing: piece.take.ringing,
            kept: recipe.kept)
        let order = Order(melody: piece.melody, phrase: piece.take.phrase, genre: recipe.genre, request: request)
        open[requests] = Open(take: piece.number, order: order, isAhead: isAhead)
        return (
            Variation(
                recipe: recipe, request: requests, order: order,
                replacements: replacements[recipe.genre, default: 0]),
            .accompany(request: requests, order)
        )
    }

    /// Has the next variation and the other genres made before they are asked for, one after another, while the band plays.
    mutating func makeAhead() -> [Effect] {
        guard let piece, isBandOn, awaited == nil, !open.values.contains(where: \.isAhead),
            piece.shown?.arrangement != nil
        else { return [] }
        let others = settings.genres.filter { candidate in
            candidate != genre
                && (!mix.locked.isEmpty
                    || piece.variations.last { $0.genre == candidate }?.replacements
                        != replacements[candidate, default: 0])
        }
        for candidate in [genre] + others.prefix(4) {
            let recipe = recipe(candidate, of: piece)
            guard !ahead.contains(where: { $0.recipe == recipe }) else { continue }
            let (variation, order) = order(recipe, of: piece, isAhead: true)
            ahead.append(variation)
            return [order]
        }
        return []
    }

    /// What the former models made ahead is thrown away; what they have played stays, and previous goes back to it.
    mutating func adopt(modelsOf genres: Set<Genre>) -> [Effect] {
        for genre in genres { replacements[genre, default: 0] += 1 }
        ahead.removeAll { genres.contains($0.recipe.genre) }
        for (request, order) in open where order.isAhead && genres.contains(order.order.genre) { open[request] = nil }
        return []
    }

    /// Lets the band play a variation: from the next bar line on, or as soon as its notes are there.
    mutating func show(_ index: Int, at time: Instant) -> [Effect] {
        piece?.current = index
        guard let piece else { return [] }
        guard let arrangement = piece.variations[index].arrangement else {
            awaited = piece.variations[index].request
            return []
        }
        awaited = nil
        return perform(arrangement, piece.variations[index].turns, piece, at: time)
    }

    mutating func take(
        _ accompaniment: Accompaniment, _ turns: Turns, _ request: Int, _ time: Instant
    ) -> [Effect] {
        guard let about = open.removeValue(forKey: request) else { return [] }
        let arrangement = Arrangement(phrase: about.order.phrase, accompaniment: accompaniment)
        if about.isAhead {
            if let index = ahead.firstIndex(where: { $0.request == request }) {
                ahead[index].arrangement = arrangement
                ahead[index].turns = turns
                ahead[index].request = nil
            }
            return []
        }
        let stored = [Effect.storeArrangement(arrangement, answering: about.order, take: about.take)]
        // That of an older take is kept and never played.
        guard var piece, let index = piece.variations.firstIndex(where: { $0.request == request }) else {
            return stored
        }
        piece.variations[index].arrangement = arrangement
        piece.variations[index].turns = turns
        piece.variations[index].request = nil
        self.piece = piece
        guard awaited == request else { return stored }
        awaited = nil
        return stored + perform(arrangement, turns, piece, at: time)
    }

    // MARK: - Entrances

    private mutating func perform(
        _ arrangement: Arrangement, _ turns: Turns, _ piece: Piece, at time: Instant
    ) -> [Effect] {
        guard let player else {
            guard isPortComing else { return [Session.nowhereToPlay] }
            heldBack = time
            return [.told(state, "the band comes in as soon as the synthesizer is there")]
        }
        hasPlayed = true
        let plan = PlaybackPlan(arrangement, mix: .live, turns: turns)
        let heard = feed(.mute(mix.silent(melodyIsHeard: piece.isHeard), at: time))
        let former = performing
        performing = piece
        if [.waiting, .playing].contains(player.phase), let former, former.isAlike(piece) {
            return heard + feed(.replace(plan, at: time)) + [Session.announce(piece)]
        }
        if player.phase != .stopped {
            return heard + goOver(to: plan, tempo: piece.continuation.tempo, time) + [Session.announce(piece)]
        }
        if let song {
            return heard + feed(.enter(plan, map: song, at: time, on: settings.entrance)) + feed(.advance(time))
        }
        let entrance = entrance(of: piece, at: time)
        dynamics.forget()
        return heard + feed(.intensity(1, at: time))
            + feed(.enter(plan, map: entrance.map, at: entrance.time, on: entrance.boundary, origin: entrance.origin))
            + feed(.advance(time))
    }

    static let nowhereToPlay = Effect.refused(
        "the band has no port to play to",
        advice: "start a synthesizer such as fluidsynth, or name a port under [output] in the configuration")

    private static func announce(_ piece: Piece) -> Effect {
        let genre = piece.shown?.genre.rawValue ?? ""
        return .told(
            .playing, "\(genre), variation \(piece.current + 1) of \(piece.variations.count), from the next bar line on"
        )
    }

    /// Where a band that was silent comes in.
    ///
    /// While the player's time goes on, which it does for a bar behind the phrase, the band comes into it: its round began where
    /// the phrase ended. Later the press is a beat, and the band begins on the next one.
    private func entrance(
        of piece: Piece, at time: Instant
    ) -> (map: TempoMap, time: Instant, boundary: BandPlayer.Boundary, origin: Tick?) {
        let map = piece.continuation
        let meter = piece.take.phrase.meter
        let end = piece.take.phrase.length
        let press = asked ?? time
        if press <= map.instant(of: end + meter.bar) {
            guard time <= map.instant(of: end + meter.bar * 2) else {
                // The answer took long: bar 1 on the next bar line.
                return (map, time, .bar, nil)
            }
            return (map, max(time, map.instant(of: end)), settings.entrance, loops ? end : nil)
        }
        let beat = map.length(of: meter.beat).count
        let beats = max(1, ((time - press).count + beat - 1) / beat)
        let first = press + Nanoseconds(beats * beat)
        return (TempoMap(anchor: first, tempo: map.tempo), first, .bar, .zero)
    }

    /// From the next bar line of what plays to something of another length, metre or tempo.
    private mutating func goOver(to plan: PlaybackPlan, tempo: Tempo, _ time: Instant) -> [Effect] {
        guard let playing = player?.playing else { return [] }
        let bar = playing.plan.meter.bar.rawValue
        let earliest = playing.map.tick(at: time + (player?.reach ?? .zero))
        let bars = max(0, ((earliest - playing.origin).rawValue + bar - 1) / bar)
        let line = playing.map.instant(of: playing.origin + Tick(bars * bar))
        // With another machine its song goes on.
        if song != nil { return feed(.enter(plan, map: playing.map, at: line, on: .bar)) }
        let map = TempoMap(anchor: line, tempo: tempo)
        return feed(.enter(plan, map: map, at: line, on: .bar, origin: .zero))
    }

    // MARK: - Ports

    mutating func route(_ routing: Routing?, _ time: Instant) -> [Effect] {
        guard let routing else {
            let wasPlaying = player.map { $0.phase != .stopped } ?? false
            player = nil
            performing = nil
            metronome = nil
            return wasPlaying
                ? [.refused("the port that the band played to is gone", advice: "plug it in again and press Play")] : []
        }
        let port = routing.destination(of: .part(.drums))
        var moved: [Effect] = []
        if metronome?.destination != port {
            let former = metronome
            metronome = Metronome(destination: port, latency: routing.latencies[port] ?? .zero)
            // A click that sounded goes on there.
            if let former, let map = former.map {
                moved = click(.start(map: map, meter: former.meter, at: time, countIn: nil))
            }
        }
        guard player != nil else {
            player = BandPlayer(routing: routing)
            return moved + feed(.loop(loops)) + feed(.volume(mix.volumes, at: time)) + comeIn(time)
        }
        return moved + feed(.reroute(routing, at: time))
    }

    /// How long the band waits for a port; nobody expects it any more later.
    static let patience = Nanoseconds.seconds(20)

    /// Lets the band play that had no port when it was asked: as late as if its notes had taken so long.
    private mutating func comeIn(_ time: Instant) -> [Effect] {
        guard let since = heldBack else { return [] }
        heldBack = nil
        guard let piece, !piece.variations.isEmpty, awaited == nil, recorder.state.phase == .idle,
            time - since <= Session.patience
        else { return [] }
        return show(piece.current, at: time)
    }
}
