import MIDI
import Music
import StandardMIDIFile
import Testing

@Suite struct ArrangementReaderTests {
    private func arrangement(swing: Double = 0.5, meter: Meter = .fourFour) -> Arrangement {
        let bar = meter.stepsPerBar
        return Arrangement(
            phrase: Phrase(
                notes: [note(67, 0, 12), note(64, 12, 6), note(60, 18, bar - 18), note(72, bar, bar)], meter: meter,
                tempo: Tempo(quartersPerMinute: 100)!, bars: 2),
            accompaniment: Accompaniment(
                genre: .jazz,
                parts: [
                    .drums: [note(36, 0, 3), note(38, 6, 3)], .bass: [note(36, 0, 24), note(43, bar, 24)],
                    .line: [note(79, 6, 6)],
                ],
                plan: ChordPlan(
                    window: meter.harmonyWindow,
                    chords: (0..<(2 * meter.bar.rawValue / meter.harmonyWindow.rawValue)).map {
                        Chord(root: $0, quality: .halfDiminished)
                    }),
                instrumentation: Instrumentation(
                    programs: [.bass: Program(32), .line: Program(11)], melody: Program(73)),
                groove: Groove(swing: swing),
                provenance: .init(seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
    }

    @Test(arguments: [Meter.fourFour, .threeFour, .sixEight, .twoFour])
    func whatWasExportedIsReadBack(meter: Meter) throws {
        let written = arrangement(meter: meter)
        let file = try MIDIFile(bytes: MIDIFile(arrangement: written).bytes)
        let read = try ArrangementReader(file).arrangement()
        #expect(read.isOwn)
        #expect(read.notices == [])
        #expect(read.arrangement.phrase == written.phrase)
        #expect(read.arrangement.accompaniment.parts == written.accompaniment.parts)
        #expect(read.arrangement.accompaniment.plan == written.accompaniment.plan)
        #expect(read.arrangement.accompaniment.instrumentation == written.accompaniment.instrumentation)
        #expect(read.arrangement.accompaniment.genre == .jazz)
    }

    @Test func swungNotesStayWhereTheGroovePutThem() throws {
        let written = arrangement(swing: 0.66)
        let read = try ArrangementReader(MIDIFile(arrangement: written)).arrangement()
        #expect(read.arrangement.grooved(.line) == written.grooved(.line))
        #expect(read.arrangement.groovedMelody() == written.groovedMelody())
    }

    @Test(arguments: [Meter.fourFour, .threeFour, .sixEight, .twoFour], [0.5, 0.6, 2.0 / 3])
    func aGroovedFileIsReadBackStraight(meter: Meter, swing: Double) throws {
        var written = arrangement(swing: swing, meter: meter)
        written.accompaniment.groove = written.accompaniment.groove.played(as: .jazz)
        let read = try ArrangementReader(MIDIFile(arrangement: written), straight: true).arrangement().arrangement
        #expect(read.phrase == written.phrase)
        for part in [Part.drums, .bass, .line] {
            #expect(read.accompaniment.parts[part]?.map(\.onset) == written.accompaniment.parts[part]?.map(\.onset))
            #expect(read.accompaniment.parts[part]?.map(\.length) == written.accompaniment.parts[part]?.map(\.length))
        }
    }

    @Test func aStraightExportIsAsWritten() throws {
        var written = arrangement(swing: 2.0 / 3)
        written.accompaniment.groove = written.accompaniment.groove.played(as: .jazz)
        let read = try ArrangementReader(MIDIFile(arrangement: written, straight: true)).arrangement().arrangement
        #expect(read.accompaniment.parts == written.accompaniment.parts)
        #expect(read.phrase == written.phrase)
        #expect(MIDIFile(arrangement: written).bytes != MIDIFile(arrangement: written, straight: true).bytes)
    }

    @Test func theTracksOfAnotherFileGoToTheirParts() throws {
        func track(_ name: String, _ channel: Int, _ program: Int, _ pitches: [[Int]]) -> MIDIFile.Track {
            var events = [
                MIDIFile.Event(tick: 0, .meta(MetaType.trackName, Array(name.utf8))),
                MIDIFile.Event(tick: 0, .message(.programChange(Channel(channel), Program(program)))),
            ]
            for (beat, chord) in pitches.enumerated() {
                events += chord.map {
                    MIDIFile.Event(tick: beat * 96, .message(.noteOn(Channel(channel), Pitch($0), .mezzoForte)))
                }
                events += chord.map {
                    MIDIFile.Event(tick: beat * 96 + 90, .message(.noteOff(Channel(channel), Pitch($0))))
                }
            }
            return MIDIFile.Track(events: events)
        }
        let file = MIDIFile(
            format: .parallel, ticksPerQuarter: 96,
            tracks: [
                track("Vocals", 4, 53, [[72], [74], [76], [77]]), track("Strings", 5, 48, [[60, 64, 67]]),
                track("Piano", 6, 0, [[48, 52, 55], [50, 53, 57]]), track("Low", 7, 33, [[36], [38]]),
                track("Kit", 10, 0, [[36], [38]]), track("Flute", 8, 73, [[84], [86]]),
            ])
        let read = try ArrangementReader(file).arrangement()
        #expect(!read.isOwn)
        #expect(read.arrangement.phrase.notes.map(\.pitch.number) == [72, 74, 76, 77])
        #expect(
            read.arrangement.accompaniment.parts.mapValues(\.count) == [
                .pad: 3, .chords: 6, .bass: 2, .drums: 2, .line: 2,
            ])
        #expect(read.arrangement.accompaniment.plan.chords == [])
        #expect(read.notices.last == "The melody was taken from track 1 \"Vocals\": its name is \"Vocals\".")
    }

    @Test func messagesAreTimedAlongTheTempoChanges() {
        func tempo(_ microseconds: Int) -> MIDIFile.Body {
            .meta(MetaType.tempo, [16, 8, 0].map { UInt8(truncatingIfNeeded: microseconds >> $0) })
        }
        let on = MIDIFile.Body.message(.noteOn(Channel(1), Pitch(60), .mezzoForte))
        let file = MIDIFile(
            format: .parallel, ticksPerQuarter: 100,
            tracks: [
                MIDIFile.Track(events: [.init(tick: 200, tempo(1_000_000)), .init(tick: 300, tempo(250_000))]),
                MIDIFile.Track(events: [0, 100, 200, 250, 300, 400].map { .init(tick: $0, on) }),
            ])
        #expect(file.timedMessages.map(\.seconds) == [0, 0.5, 1, 1.5, 2, 2.25])
    }
}
