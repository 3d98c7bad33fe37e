import Music

/// A work as its reader understood it: bars, a melody and its accompaniment on one time line, before it is cut into songs.
struct WorkScore {
    struct Bar {
        /// Steps.
        var length: Int
        /// Nil where the file says nothing: the last one known holds.
        var meter: Meter?
    }

    var source: Source
    var id: String
    var title: String
    var tags: [String] = []
    var author = ""
    var year: Int?
    var tempo: Tempo?
    var bars: [Bar]
    /// One voice, from the first bar's start.
    var melody: [NoteEvent]
    /// Chord symbols; empty where the chords have to be estimated.
    var symbols: [(onset: Tick, chord: Chord)] = []
    /// What chords are estimated from, all voices but the melody.
    var sounding: [NoteEvent] = []
    var parts: [Part: [NoteEvent]] = [:]
    var reading = Reading()

    /// How its reader came to understand it so, for reports.
    struct Reading {
        /// Which track is the melody and why: `track 3 "Flute": its name is "Flute"`.
        var melody: String?
        /// 0...1.
        var melodyConfidence: Double?
        /// Of the least sure instrument, 0...1.
        var partConfidence: Double?
        /// Whether the file names no metre, so that it was heard in the notes.
        var metreIsHeard = false
    }

    /// The fewest steps a bar may have, a quarter note, and the most, two bars of 4/4.
    static let barLengths = 12...96
    /// So many bars in which the melody rests end a song.
    static let longRest = 8

    /// The songs of the work, in order.
    ///
    /// Two short bars that make up a bar are one. A song is a run of bars of one metre: another metre or a bar of another length ends it. A
    /// short first bar of a run is filled up with rests in front, a short last one behind. Where the melody rests for eight bars or more, and
    /// before it begins, bars are left out. Runs of more than 64 bars are cut, those of less than four are left out.
    func songs(_ report: inout ImportReport) -> [Song] {
        let bars = mergedBars
        var starts = [0]
        for bar in bars { starts.append(starts.last! + bar.length) }
        let sings = singing(starts: starts)
        guard sings.contains(true) else {
            report.drop(source, title, "no melody")
            return []
        }
        var songs: [Song] = []
        for run in runs(of: bars) {
            guard let meter = bars[run.lowerBound].meter, WorkScore.barLengths.contains(meter.stepsPerBar),
                meter.bar.rawValue % Grid.ticksPerStep == 0, meter.harmonyWindow.rawValue % Grid.ticksPerStep == 0
            else {
                report.drop(source, title, "no metre that the grid can count")
                continue
            }
            for piece in WorkScore.sung(run, sings).flatMap(WorkScore.pieces) {
                guard piece.count >= LeadSheetReader.minimumBars else {
                    report.drop(source, title, "a stretch of less than \(LeadSheetReader.minimumBars) bars")
                    continue
                }
                let isPickup = piece.lowerBound == run.lowerBound && bars[piece.lowerBound].length < meter.stepsPerBar
                let lead = isPickup ? meter.stepsPerBar - bars[piece.lowerBound].length : 0
                if let song = song(
                    from: starts[piece.lowerBound] - lead, to: starts[piece.upperBound], meter: meter,
                    bars: piece.count, section: songs.count)
                {
                    songs.append(song)
                } else {
                    report.drop(source, title, "a stretch with hardly any melody or harmony")
                }
            }
        }
        report.keep(songs)
        return songs
    }

    /// The bars with their metres, each pair of short ones that makes up a bar as one bar.
    private var mergedBars: [Bar] {
        var merged: [Bar] = []
        var known: Meter?
        for bar in bars where bar.length > 0 {
            known = bar.meter ?? known
            let meter = Bar(length: bar.length, meter: known)
            if let full = known?.stepsPerBar, let last = merged.last, last.meter == known, last.length < full,
                bar.length < full, last.length + bar.length == full
            {
                merged[merged.count - 1].length = full
            } else {
                merged.append(meter)
            }
        }
        return merged
    }

    /// Runs of full bars in one metre, the first and the last bar of each perhaps short.
    private func runs(of bars: [Bar]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        func close(_ end: Int) {
            if end > start { runs.append(start..<end) }
        }
        for index in bars.indices {
            let bar = bars[index]
            if index > start, bar.meter != bars[start].meter {
                close(index)
                start = index
            }
            guard let full = bar.meter?.stepsPerBar else {
                close(index)
                start = index + 1
                continue
            }
            if bar.length == full || (bar.length < full && index == start) { continue }
            if bar.length < full {
                // A short last bar, filled up behind.
                close(index + 1)
            } else {
                close(index)
            }
            start = index + 1
        }
        close(bars.count)
        return runs
    }

    /// Whether the melody sounds, bar by bar.
    private func singing(starts: [Int]) -> [Bool] {
        var sings = [Bool](repeating: false, count: starts.count - 1)
        var bar = 0
        for note in melody.sorted(by: NoteEvent.inScoreOrder) {
            while bar + 1 < sings.count, starts[bar + 1] <= note.onset.nearestStep { bar += 1 }
            var sounding = bar
            while sounding < sings.count, starts[sounding] < note.end.nearestStep {
                sings[sounding] = true
                sounding += 1
            }
        }
        return sings
    }

    /// The stretches of a run in which the melody does not rest for long, each with up to a bar of rest behind.
    static func sung(_ run: Range<Int>, _ sings: [Bool]) -> [Range<Int>] {
        var stretches: [Range<Int>] = []
        for bar in run where sings[bar] {
            if let last = stretches.last, bar - last.upperBound < longRest {
                stretches[stretches.count - 1] = last.lowerBound..<bar + 1
            } else {
                stretches.append(bar..<bar + 1)
            }
        }
        return stretches.enumerated().map { index, stretch in
            let next = index + 1 < stretches.count ? stretches[index + 1].lowerBound : run.upperBound
            return stretch.lowerBound..<min(next, stretch.upperBound + 1)
        }
    }

    /// A run in pieces of at most 64 bars, about equal and, but for the last, whole groups of four bars.
    static func pieces(_ run: Range<Int>) -> [Range<Int>] {
        guard run.count > Phrase.maximumBars else { return [run] }
        let count = (run.count + Phrase.maximumBars - 1) / Phrase.maximumBars
        let size = min(Phrase.maximumBars, ((run.count + count - 1) / count + 3) / 4 * 4)
        return stride(from: run.lowerBound, to: run.upperBound, by: size).map { $0..<min(run.upperBound, $0 + size) }
    }

    private func song(from start: Int, to end: Int, meter: Meter, bars: Int, section: Int) -> Song? {
        let range = Tick.steps(start)..<Tick.steps(end)
        let phrase = Phrase(
            notes: melody.beginning(in: range), meter: meter, tempo: tempo ?? .moderate, bars: bars)
        guard phrase.notes.count * 2 >= bars else { return nil }
        let parts = parts.mapValues { $0.beginning(in: range).soundingOnce(until: phrase.length) }
        let plan: ChordPlan?
        if symbols.isEmpty {
            plan = ChordEstimator().plan(
                // Notes that began before the section still sound in it.
                accompaniment: sounding.sounding(in: range), melody: melody.sounding(in: range), meter: meter,
                bars: bars)
        } else {
            plan = ChordPlan(symbols: symbols.map { ($0.onset - range.lowerBound, $0.chord) }, meter: meter, bars: bars)
        }
        guard let plan else { return nil }
        return Song(
            id: id, title: title, section: section, tags: tags, melody: phrase, plan: plan, source: source,
            parts: parts, author: author, year: year, tempo: tempo)
    }
}

extension [NoteEvent] {
    /// What sounds in a stretch of time, cut to it and counted from its start.
    func sounding(in range: Range<Tick>) -> [NoteEvent] {
        filter { $0.onset < range.upperBound && $0.end > range.lowerBound }.map { note in
            var cut = note
            cut.onset = Swift.max(note.onset, range.lowerBound) - range.lowerBound
            cut.length = Swift.min(note.end, range.upperBound) - range.lowerBound - cut.onset
            return cut
        }
    }
}

extension ChordPlan {
    /// The plan of chord symbols: a symbol counts in a window when it stands at least half a quarter before the window's end.
    ///
    /// - Parameter symbols: by onset; those before zero hold from before. The first one holds backwards too.
    /// - Returns: nil where there is no symbol.
    init?(symbols: [(onset: Tick, chord: Chord)], meter: Meter, bars: Int) {
        let end = meter.bar * bars
        let heard = symbols.filter { $0.onset < end }
        guard let first = heard.first else { return nil }
        let window = meter.harmonyWindow
        var chords: [Chord] = []
        var next = 0
        var now = first.chord
        for index in 0..<end.rawValue / window.rawValue {
            let latest = window * (index + 1) - Tick(Tick.perQuarter / 2)
            while next < heard.count, heard[next].onset <= latest {
                now = heard[next].chord
                next += 1
            }
            chords.append(now)
        }
        self.init(window: window, chords: chords)
    }
}
