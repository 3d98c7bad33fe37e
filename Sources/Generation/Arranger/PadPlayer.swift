import Music

/// Plays the pad: held voices that move only with the harmony and keep the tones that two chords share.
struct PadPlayer: Sendable {
    private let chart: Chart
    private static let velocity = 56
    private static let register = 57...74

    init(_ chart: Chart) {
        self.chart = chart
    }

    func play() -> [SketchNote] {
        var random = chart.random(40)
        var voicer = Voicer(
            range: PadPlayer.register, voices: random.chance(0.3) ? 4 : 3, center: 65 + random.unit() * 2)
        voicer.mayThinOut = true
        let voicings = voicer.lead(chart.voicingRequests())
        var notes: [SketchNote] = []
        var open: [Int: SketchNote] = [:]
        for start in starts() {
            let voicing = voicings[chart.changeIndex[start]]
            let bar = chart.bar(of: start)
            let isPhrase = chart.form[bar].index % 4 == 0 && start == chart.barStart(bar)
            for (pitch, held) in open.sorted(by: { $0.key < $1.key }) where isPhrase || !voicing.contains(pitch) {
                var note = held
                note.length = start - held.step
                notes.append(note)
                open[pitch] = nil
            }
            // Under fast notes the pad recedes.
            let accent = chart.melody.density[bar] == .busy ? -5 : chart.melody.density[bar] == .open ? 3 : 0
            for pitch in voicing where open[pitch] == nil {
                open[pitch] = SketchNote(
                    step: start, length: 0, pitch: pitch,
                    velocity: chart.velocity(PadPlayer.velocity, step: start, accent: accent))
            }
        }
        for (_, held) in open.sorted(by: { $0.key < $1.key }) {
            var note = held
            note.length = chart.steps - held.step
            notes.append(note)
        }
        return notes
    }

    /// Where the harmony changes, every four bars of a section, and at an ending's last chord.
    private func starts() -> [Int] {
        var starts = Set(chart.changes)
        for bar in 0..<chart.bars where chart.form[bar].index % 4 == 0 { starts.insert(chart.barStart(bar)) }
        return starts.sorted()
    }
}
