import MIDI
import Music
import StandardMIDIFile
import Testing

private let tune = [60, 62, 64, 65, 67, 69, 71, 72, 74, 72, 71, 69, 67, 65, 64, 62]
private let bassline = [36, 43, 38, 45, 36, 43, 38, 45, 36, 43, 38, 45, 36, 43, 38, 45]

private func file(_ tracks: [MIDIFile.Track], conductor: [MIDIFile.Event] = []) -> MIDIFile {
    MIDIFile(format: .parallel, ticksPerQuarter: 480, tracks: [.init(events: conductor)] + tracks)
}

private func chords() -> MIDIFile.Track {
    let voices = [48, 52, 55].map { melodyTrack(nil, [Int](repeating: $0, count: 16), channel: 3, program: 0) }
    return .init(events: voices.flatMap(\.events).sorted { $0.tick < $1.tick })
}

@Suite struct MelodyFinderTests {
    @Test(arguments: ["Melody", "Lead Vocal", "VOICE", "sax solo", "Gesang"])
    func aTellingNameDecides(name: String) throws {
        let found = try MelodyFinder(file([melodyTrack("Piano", tune.reversed()), melodyTrack(name, [60, 62])]))
            .melody()
        #expect(found.trackName == name)
        #expect(found.trackNumber == 3)
        #expect(found.reason == "its name is \"\(name)\"")
    }

    @Test func withoutANameTheSingleHighLineIsTheMelody() throws {
        let drums = melodyTrack(nil, [Int](repeating: 36, count: 16), channel: 10)
        let found = try MelodyFinder(
            file([
                drums, melodyTrack(nil, bassline, channel: 2, program: 33), chords(),
                melodyTrack(nil, tune, channel: 4),
            ])
        ).melody()
        #expect(found.channel == Channel(4))
        #expect(found.phrase.notes.map(\.pitch.number) == tune)
        #expect(found.confidence > 0.5)
    }

    @Test func withoutASingleLineTheTopOfTheFullestTrackIsTaken() throws {
        let high = [60, 64, 67].map { melodyTrack(nil, [Int](repeating: $0, count: 16), channel: 3) }
        let track = MIDIFile.Track(events: high.flatMap(\.events).sorted { $0.tick < $1.tick })
        let found = try MelodyFinder(file([track, melodyTrack(nil, bassline, channel: 2)])).melody()
        #expect(Set(found.phrase.notes.map(\.pitch.number)) == [67])
        #expect(found.confidence < 0.5)
    }

    @Test(arguments: ["Backing Vocals", "Choir Voice", "Voice Oohs"])
    func aNameThatAccompaniesIsNoMelodys(name: String) throws {
        let found = try MelodyFinder(
            file([
                melodyTrack(name, tune.map { $0 - 7 }, channel: 2), melodyTrack("Flute", tune, channel: 3, program: 73),
            ])
        ).melody()
        #expect(found.trackName == "Flute")
    }

    @Test func theTrackThatWordsAreSungToIsTheMelody() throws {
        var lower = melodyTrack(nil, tune.map { $0 - 5 }, channel: 2)
        // The upper one plays eighths later, the words fall on the lower one's notes.
        let upper = MIDIFile.Track(
            events: melodyTrack(nil, tune.map { $0 + 7 }, channel: 3).events.map { .init(tick: $0.tick + 240, $0.body) }
        )
        lower.events += (0..<16).map { .init(tick: $0 * 480, .meta(0x05, Array("la ".utf8))) }
        lower.events.sort { $0.tick < $1.tick }
        let found = try MelodyFinder(file([upper, lower])).melody()
        #expect(found.channel == Channel(2))
        #expect(found.reason.contains("words are sung to it"))
    }

    @Test func theOnlyTrackIsTheMelody() throws {
        let found = try MelodyFinder(
            MIDIFile(format: .single, ticksPerQuarter: 480, tracks: [melodyTrack(nil, [40, 41])])
        ).melody()
        #expect(found.phrase.notes.map(\.pitch.number) == [40, 41])
    }

    @Test func channelsOfOneTrackAreToldApart() throws {
        let mixed = MIDIFile.Track(
            events: (melodyTrack("Song", tune).events + melodyTrack(nil, bassline, channel: 2, program: 33).events)
                .sorted { $0.tick < $1.tick })
        let found = try MelodyFinder(MIDIFile(format: .single, ticksPerQuarter: 480, tracks: [mixed])).melody()
        #expect(found.channel == c1)
        #expect(found.phrase.notes.count == 16)
    }
    private let c1 = Channel(1)

    @Test func aVoiceOfAFileWithOneTrackIsTakenByItsChannel() throws {
        let mixed = MIDIFile.Track(
            events: (melodyTrack("Song", tune).events + melodyTrack(nil, [80, 81, 83], channel: 4).events)
                .sorted { $0.tick < $1.tick })
        let finder = MelodyFinder(MIDIFile(format: .single, ticksPerQuarter: 480, tracks: [mixed]))
        #expect(try finder.melody(.channel(Channel(4))).phrase.notes.map(\.pitch.number) == [80, 81, 83])
        #expect(throws: MelodyError.noSuchTrack(wanted: "on channel 2", available: ["1 \"Song\""])) {
            try finder.melody(.channel(Channel(2)))
        }
    }

    @Test func aTrackIsTakenByNumberOrName() throws {
        let finder = MelodyFinder(file([melodyTrack("Melody", tune), melodyTrack("Flute", [80, 81])]))
        #expect(try finder.melody(.number(3)).trackName == "Flute")
        #expect(try finder.melody(.named("flu")).trackNumber == 3)
        #expect(finder.tracks.map(\.number) == [2, 3])
    }

    @Test func aTrackThatIsNotThereIsRefusedWithAList() throws {
        let finder = MelodyFinder(file([melodyTrack("Flute", tune)]))
        #expect(throws: MelodyError.noSuchTrack(wanted: "1", available: ["2 \"Flute\""])) {
            try finder.melody(.number(1))
        }
        #expect(
            MelodyError.noSuchTrack(wanted: "named \"Oboe\"", available: ["2 \"Flute\""]).description.contains("Flute"))
    }

    @Test func drumsAloneAreNoMelody() {
        let finder = MelodyFinder(file([melodyTrack("Melody", [36, 38], channel: 10)]))
        #expect(throws: MelodyError.noNotes) { try finder.melody() }
        #expect(throws: MelodyError.noNotes) { try MelodyFinder(file([])).melody() }
    }

    @Test(arguments: [24, 96, 120, 384, 480, 1000, 32767])
    func anyResolutionComesToTheGrid(ticks: Int) throws {
        let c = Channel(1)
        let thirds =
            [0, 1, 2].map { ($0 * ticks / 3, ($0 + 1) * ticks / 3) } + [
                (ticks, 5 * ticks / 4), (7 * ticks / 4, 4 * ticks),
            ]
        let events = thirds.flatMap { on, off in
            [
                MIDIFile.Event(tick: on, .message(.noteOn(c, Pitch(60), Velocity(80)))),
                MIDIFile.Event(tick: off, .message(.noteOff(c, Pitch(60)))),
            ]
        }
        let found = try MelodyFinder(
            MIDIFile(format: .single, ticksPerQuarter: ticks, tracks: [.init(events: events)])
        ).melody()
        #expect(found.phrase.notes.map(\.onset.nearestStep) == [0, 4, 8, 12, 21])
        #expect(found.phrase.notes.map(\.length.nearestStep) == [4, 4, 4, 3, 27])
        #expect(found.phrase.bars == 1)
        #expect(found.gridError < 0.02)
    }

    @Test func tempoAndMetreChangesAreAcceptedWithANotice() throws {
        let found = try MelodyFinder(
            file(
                [melodyTrack("Melody", tune)],
                conductor: [
                    meta(0, MetaType.tempo, [7, 0xA1, 0x20]), meta(0, MetaType.timeSignature, [3, 2, 24, 8]),
                    meta(1440, MetaType.timeSignature, [4, 2, 24, 8]), meta(1440, MetaType.tempo, [6, 0, 0]),
                ])
        ).melody()
        #expect(found.phrase.meter == .threeFour)
        #expect(found.phrase.tempo == .moderate)
        #expect(
            found.notices == [
                "The metre changes at bar 2 to 4/4; bars are counted in 3/4 throughout, so bar lines after it differ from the file's.",
                "The tempo changes 1 times; the first, 120 a minute, was taken.",
            ])
    }

    @Test(arguments: [[5, 5, 24, 8], [0, 2, 24, 8], [4, 200, 24, 8]] as [[UInt8]])
    func aMetreThatIsNoneIsFourFourWithANotice(data: [UInt8]) throws {
        let found = try MelodyFinder(
            file([melodyTrack("Melody", tune)], conductor: [meta(0, MetaType.timeSignature, data)])
        ).melody()
        #expect(found.phrase.meter == .fourFour)
        #expect(found.notices.count == 1)
    }

    @Test(arguments: [([0, 0, 0], 400), ([255, 255, 255], 20)] as [([UInt8], Double)])
    func anImpossibleTempoIsBroughtIntoRange(data: [UInt8], bpm: Double) throws {
        let found = try MelodyFinder(file([melodyTrack("Melody", tune)], conductor: [meta(0, MetaType.tempo, data)]))
            .melody()
        #expect(found.phrase.tempo.quartersPerMinute == bpm)
        #expect(found.notices.count == 1)
    }

    @Test func of70BarsTheFirst64AreTaken() throws {
        let found = try MelodyFinder(file([melodyTrack("Melody", (0..<280).map { 60 + $0 % 12 })])).melody()
        #expect(found.phrase.bars == 64)
        #expect(found.phrase.notes.count == 256)
        #expect(found.notices == ["The melody has 70 bars; the first 64 were taken."])
    }

    @Test func aMelodyThatBeginsBehind64BarsIsStillFound() throws {
        let late = melodyTrack("Melody", tune).events.map {
            MIDIFile.Event(tick: $0.tick == 0 ? 0 : $0.tick + 100 * 1920, $0.body)
        }.dropFirst(2)
        let found = try MelodyFinder(file([.init(events: Array(late))])).melody()
        #expect(found.phrase.bars == 4)
        #expect(found.notices.first == "The first 100 bars are empty and were left out.")
    }
}
