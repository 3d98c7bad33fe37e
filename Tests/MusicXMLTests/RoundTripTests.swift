import Foundation
import Music
import MusicXML
import TestSupport
import Testing

@testable import Training

/// What is written is read again: by a reader that knows XML alone, and by the one that imports scores for training.
@Suite struct RoundTripTests {
    private typealias Note = ReadScore.Note

    /// The notes in divisions, ahead by a pickup's silence.
    private func divisions(_ notes: [NoteEvent], lead: Int) -> [Note] {
        notes.map {
            Note(pitch: $0.pitch.number, onset: $0.onset.nearestStep - lead, length: $0.length.nearestStep)
        }
    }

    @Test(arguments: 0..<UInt64(longCount(40, full: 4000)))
    func everyLineAndChordIsWrittenExactly(seed: UInt64) throws {
        let phrase = randomPhrase(seed)
        let plan = randomPlan(seed, for: phrase)
        let file = try MusicXMLFile(
            phrase: phrase, chords: plan, options: .init(title: "<Für & \"Elise\">", lengths: .exact))
        let read = try ReadScore(file.text)
        let lead = phrase.meter.stepsPerBar - read.bars[0]
        #expect(read.parts == [divisions(phrase.notes, lead: lead)])
        #expect(read.bars.dropFirst().allSatisfy { $0 == phrase.meter.stepsPerBar })
        #expect(read.bars.count == phrase.bars)
        #expect(read.text("part/measure/attributes/time/beats") == "\(phrase.meter.numerator)")
        #expect(read.text("part/measure/attributes/time/beat-type") == "\(phrase.meter.denominator)")
        #expect(read.text("part/measure/attributes/key/mode") == phrase.key.mode.rawValue)
        #expect(read.text("work/work-title") == "<Für & \"Elise\">")
        let tempo = try #require(read.text("part/measure/direction/sound/@tempo").flatMap { Double($0) })
        #expect(abs(tempo - phrase.tempo.quartersPerMinute) < 0.001)
    }

    /// What sounds over other notes is a second voice; a third is cut short but never lost.
    @Test(arguments: 0..<UInt64(longCount(40, full: 4000)), [MusicXMLFile.Lengths.exact, .readable])
    func noOnsetIsLostInSeveralVoices(seed: UInt64, lengths: MusicXMLFile.Lengths) throws {
        let phrase = randomPhrase(seed, voices: 2)
        let read = try ReadScore(MusicXMLFile(phrase: phrase, options: .init(lengths: lengths)).text)
        let lead = phrase.meter.stepsPerBar - read.bars[0]
        let wanted = divisions(phrase.notes, lead: lead)
        #expect(read.parts[0].map { [$0.onset, $0.pitch] } == wanted.map { [$0.onset, $0.pitch] })
        if lengths == .exact { #expect(zip(read.parts[0], wanted).allSatisfy { $0.length <= $1.length }) }
    }

    @Test(arguments: 0..<UInt64(longCount(40, full: 2000)))
    func theImporterOfScoresReadsTheSameMelodyAndChords(seed: UInt64) throws {
        let phrase = randomPhrase(seed)
        let plan = randomPlan(seed, for: phrase)
        guard !phrase.notes.isEmpty else { return }
        let file = try MusicXMLFile(phrase: phrase, chords: plan, options: .init(lengths: .exact))
        let work = try MusicXMLReader.work(MusicXMLScore(xml: Data(file.bytes)), name: "x")
        let lead = Tick.steps(phrase.meter.stepsPerBar - work.bars[0].length)
        // Of chords it takes the upper notes.
        var top: [Tick: NoteEvent] = [:]
        for note in phrase.notes where note.pitch > top[note.onset]?.pitch ?? Pitch(0) { top[note.onset] = note }
        #expect(work.melody.map(\.pitch) == top.values.sorted { $0.onset < $1.onset }.map(\.pitch))
        #expect(work.melody.map { $0.onset + lead } == top.keys.sorted())
        #expect(work.melody.map(\.length) == top.values.sorted { $0.onset < $1.onset }.map(\.length))
        #expect(work.bars[0].meter == phrase.meter)
        // A chord that only sounds before the pickup is left out.
        let symbols = plan.changes.filter { plan.chord(at: max($0.onset, lead)) == $0.chord || $0.onset >= lead }
        let kept = symbols.reduce(into: [(Tick, Chord)]()) { list, change in
            let onset = max(change.onset, lead) - lead
            if list.last?.0 == onset { list.removeLast() }
            list.append((onset, change.chord))
        }
        #expect(work.symbols.map(\.onset) == kept.map(\.0))
        #expect(work.symbols.map(\.chord) == kept.map(\.1))
        #expect(abs((work.tempo ?? .moderate).quartersPerMinute - phrase.tempo.quartersPerMinute) < 0.001)
    }

    /// Every part of a band on its staff, whatever it plays.
    @Test(arguments: 0..<UInt64(longCount(20, full: 1000)), [MusicXMLFile.Lengths.exact, .readable])
    func aBandIsWrittenBelowTheMelody(seed: UInt64, lengths: MusicXMLFile.Lengths) throws {
        let phrase = randomPhrase(seed)
        var parts: [Part: [NoteEvent]] = [:]
        for (index, part) in Part.allCases.enumerated() {
            let other = randomPhrase(seed &* 5 &+ UInt64(index), voices: 2)
            parts[part] = other.notes.filter { $0.onset < phrase.length }
        }
        let arrangement = Arrangement(
            phrase: phrase,
            accompaniment: Accompaniment(
                genre: .jazz, parts: parts, plan: randomPlan(seed, for: phrase),
                instrumentation: Instrumentation(programs: [.bass: Program(32)], melody: Program(73)),
                groove: Groove(swing: 0.6),
                provenance: .init(seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
        let file = try MusicXMLFile(arrangement: arrangement, options: .init(lengths: lengths, writesBand: true))
        let read = try ReadScore(file.text)
        let names = ["Melody"] + Part.allCases.filter { parts[$0]?.isEmpty == false }.map { "\($0)".capitalized }
        #expect(try read.root.nodes(forXPath: "part-list/score-part/part-name").map { $0.stringValue! } == names)
        #expect(read.bars.count == phrase.bars)
        #expect(try MusicXMLFile(arrangement: arrangement, options: .init(lengths: lengths, writesBand: true)) == file)
    }
}
