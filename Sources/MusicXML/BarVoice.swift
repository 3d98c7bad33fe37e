import Music

/// One written note, chord or rest.
struct Piece: Hashable {
    /// Steps from the bar line.
    var start: Int
    var steps: Int
    /// None for a rest.
    var pitches: [Pitch]
    /// Nil for a rest that fills its bar.
    var value: NoteValue?
    var tuplet: Tuplet?
    var beginsTuplet = false
    var endsTuplet = false
    var isTiedBack = false
    var isTiedOn = false

    var isRest: Bool { pitches.isEmpty }
}

/// A bar of one voice, cut into what can be written as one note each.
struct BarVoice {
    let pieces: [Piece]
    /// Whether there is nothing but rests.
    var isSilent: Bool { pieces.allSatisfy(\.isRest) }

    /// - Parameters:
    ///   - chords: of one voice, nothing overlapping; those that sound in the bar are taken.
    ///   - bar: counted from 0.
    ///   - first: where writing begins in the bar: behind 0 for a pickup.
    init(_ chords: [WrittenChord], bar: Int, from first: Int = 0, on grid: BarGrid) {
        let line = bar * grid.length
        var segments: [Segment] = []
        var now = first
        for chord in chords where chord.end > line + first && chord.onset < line + grid.length {
            let start = max(first, chord.onset - line)
            let end = min(grid.length, chord.end - line)
            if start > now { segments.append(Segment(start: now, end: start)) }
            segments.append(
                Segment(
                    start: start, end: end, pitches: chord.pitches, isTiedBack: chord.onset < line + start,
                    isTiedOn: chord.end > line + end))
            now = end
        }
        if segments.isEmpty {
            pieces = [
                Piece(
                    start: first, steps: grid.length - first, pitches: [],
                    value: nil)
            ]
            return
        }
        if now < grid.length { segments.append(Segment(start: now, end: grid.length)) }
        pieces = BarVoice.pieces(segments, grid)
    }

    private struct Segment {
        var start: Int
        var end: Int
        var pitches: [Pitch] = []
        var isTiedBack = false
        var isTiedOn = false
    }

    private static func pieces(_ segments: [Segment], _ grid: BarGrid) -> [Piece] {
        let tuplets = grid.tuplets(Set(segments.flatMap { [$0.start, $0.end] }))
        // Where a plain value has to end at the latest: where the next tuplet begins.
        let starts = tuplets.keys.sorted()
        var pieces: [Piece] = []
        for segment in segments {
            var now = segment.start
            while now < segment.end {
                let piece: Piece
                if let start = starts.last(where: { $0 <= now }), let tuplet = tuplets[start],
                    now < start + tuplet.steps
                {
                    let end = min(segment.end, start + tuplet.steps)
                    let (value, steps) = tuplet.value(atMost: end - now)
                    piece = Piece(
                        start: now, steps: steps, pitches: segment.pitches, value: value, tuplet: tuplet,
                        beginsTuplet: now == start, endsTuplet: now + steps == start + tuplet.steps)
                } else {
                    let end = min(segment.end, starts.first { $0 > now } ?? grid.length)
                    let (value, steps) = grid.value(from: now, to: end, isRest: segment.pitches.isEmpty)
                    piece = Piece(start: now, steps: steps, pitches: segment.pitches, value: value)
                }
                pieces.append(piece)
                if !piece.isRest {
                    pieces[pieces.count - 1].isTiedBack = now > segment.start || segment.isTiedBack
                    pieces[pieces.count - 1].isTiedOn = now + piece.steps < segment.end || segment.isTiedOn
                }
                now += piece.steps
            }
        }
        return pieces
    }
}
