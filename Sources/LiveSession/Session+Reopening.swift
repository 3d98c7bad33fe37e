import Capture
import Generation
import Music
import Playback

extension Session {
    /// A take that was kept, and the band that is to play it.
    public struct Kept: Sendable {
        /// Its name in the store.
        public var name: Int64
        public var take: Take
        public var band: Band?

        /// A band that was written for the take, with what it was asked for.
        public struct Band: Sendable {
            public var arrangement: Arrangement
            public var order: Order
            public var turns: Turns

            public init(arrangement: Arrangement, order: Order, turns: Turns) {
                self.arrangement = arrangement
                self.order = order
                self.turns = turns
            }
        }

        /// - Parameter band: nil has one made.
        public init(name: Int64, take: Take, band: Band?) {
            self.name = name
            self.take = take
            self.band = band
        }
    }

    /// Sets a take of the store on the desk, in place of the present one, which undo brings back; its melody is heard in the round.
    mutating func reopen(_ kept: Kept, _ time: Instant) -> [Effect] {
        guard recorder.state.phase == .idle else {
            return [.refused("a take is being recorded", advice: "press Record or Stop to end it first")]
        }
        guard player != nil || isPortComing else { return [Session.nowhereToPlay] }
        remember()
        takes += 1
        let phrase = kept.take.phrase
        let (_, melody, chords) = Session.hands(of: kept.take, chords: [])
        // Its own time is long over: the band comes in on the next beat after the press.
        let bars = phrase.length + phrase.meter.bar * 2
        let past = TempoMap(anchor: .zero, tempo: phrase.tempo).length(of: bars)
        var reopened = Piece(
            number: takes, root: takes, take: kept.take, melody: kept.band?.order.melody ?? melody,
            chords: kept.band.map { $0.order.request.chords } ?? chords,
            continuation: TempoMap(anchor: time - past, tempo: phrase.tempo), isHeard: true)
        if let band = kept.band {
            let recipe = Recipe(
                genre: band.order.genre, seed: band.order.request.seed, kept: band.order.request.kept)
            var variation = Variation(
                recipe: recipe, request: nil, order: band.order, replacements: replacements[recipe.genre, default: 0])
            variation.arrangement = band.arrangement
            variation.turns = band.turns
            reopened.variations = [variation]
            genre = recipe.genre
        }
        piece = reopened
        awaited = nil
        ahead = []
        asked = time
        let effects = [Effect.known(name: kept.name, number: takes)]
        return effects + (kept.band == nil ? vary(time) : show(0, at: time))
    }
}
