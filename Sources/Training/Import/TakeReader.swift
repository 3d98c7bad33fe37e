import Music

/// Makes a song of a take: the player's own melodies are a source of data.
public enum TakeReader {
    /// A song has at least so many bars.
    static let minimumBars = 4

    /// The song of a take; what was left out is in the report.
    ///
    /// - Parameters:
    ///   - number: names the take.
    ///   - chords: of a band that was written for it, or that the player played; nil estimates them from the melody.
    ///   - tags: what the player wrote on it.
    public static func song(
        number: Int64, phrase: Phrase, chords: ChordPlan?, tags: [String], report: inout ImportReport
    ) -> Song? {
        let name = "take \(number)"
        report.read(.takes)
        guard phrase.bars >= minimumBars else {
            report.drop(.takes, name, "it has fewer than \(minimumBars) bars")
            return nil
        }
        let melody = phrase.notes.upperVoice()
        guard melody.count >= phrase.bars else {
            report.drop(.takes, name, "it has less than a note a bar")
            return nil
        }
        let window = phrase.meter.harmonyWindow
        guard phrase.meter.bar.rawValue % window.rawValue == 0 else {
            report.drop(.takes, name, "its metre \(phrase.meter) has no whole harmony windows")
            return nil
        }
        let count = phrase.length.rawValue / window.rawValue
        let given = chords.flatMap { plan in
            plan.window == window && plan.chords.count >= count ? Array(plan.chords.prefix(count)) : nil
        }
        let plan =
            given.map { ChordPlan(window: window, chords: $0) }
            ?? ChordEstimator().plan(
                accompaniment: phrase.notes.filter { !melody.contains($0) }, melody: melody, meter: phrase.meter,
                bars: phrase.bars)
        guard let plan else {
            report.drop(.takes, name, "nothing sounds in it")
            return nil
        }
        let song = Song(
            id: name, title: name, section: 0, tags: tags,
            melody: Phrase(notes: melody, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars), plan: plan,
            source: .takes, tempo: phrase.tempo)
        report.keep([song])
        return song
    }
}
